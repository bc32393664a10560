/* Reads the lines of one section of policies.ini. Pure. */
#ifndef INI_PARSE_H
#define INI_PARSE_H

#include "ini/lines.h"
#include "ini/section.h"

/*
 * Reads the section between the offsets AT and END of TEXT; its header is on line LINE. If none is there, it is the preamble.
 * SECTION need not be initialised; it borrows from TEXT; section_free() is due.
 */
void parse_section(const char *text, size_t at, size_t end, unsigned line, struct section *section);

/* Has LINE of TEXT, a header, no mistake: is it certain whom it names? False also if memory runs out. */
bool parse_header_is_sound(const char *text, const struct ini_line *line);

#endif
