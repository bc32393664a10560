/* Reads the lines of one section of policies.ini. Pure. */
#ifndef INI_PARSE_H
#define INI_PARSE_H

#include "ini/lines.h"
#include "ini/section.h"

/*
 * Reads the section between the offsets AT and END of TEXT into SECTION. LINE is the line number at AT. Without a header at AT it
 * is the preamble. SECTION need not be initialised, and borrows from TEXT; free it with section_free(). Mistakes are added to
 * SECTION; if memory runs out, its FAILED is set.
 */
void parse_section(const char *text, size_t at, size_t end, unsigned line, struct section *section);

/* True if LINE of TEXT, a header, has no mistake. False also if memory runs out. */
bool parse_header_is_sound(const char *text, const struct ini_line *line);

#endif
