/* The outline of policies.ini: where each section begins, and which names it has. Each section can then be read alone. Pure. */
#ifndef CONFIG_OUTLINE_H
#define CONFIG_OUTLINE_H

#include "config/names.h"
#include "ini/lost.h"
#include "ini/section.h"

#include <stdatomic.h>

struct outline_section {
    uint32_t at; /* offset of its header in the text */
    bool is_template;
    union {                                      /* NULL until the first look-up */
        _Atomic(struct index_verdict *) verdict; /* of a section of domains */
        _Atomic(struct section *) read;          /* of a template */
    } cache;
};

struct outline {
    char *text, *file;
    size_t size;
    /* SECTION_COUNT sections, the preamble first, and one more entry with the offset where the last one ends. */
    struct outline_section *sections;
    size_t section_count, section_room;
    struct names names;
    size_t domain_count;
    _Atomic(uint32_t *) lines; /* the line number of each header; NULL until the first use */
    _Atomic(struct lost *) lost;
};

/*
 * Fills OUTLINE, which need not be initialised, from TEXT, SIZE bytes from malloc(). OUTLINE owns TEXT. FILE is the file name for
 * messages. If ONLY, a policy domain in normal form, is not NULL, other domains may be left out. Returns false if memory runs
 * out, or if TEXT has 4 GiB or more. Free OUTLINE with outline_free(), also on an error.
 */
bool outline_make(struct outline *outline, char *text, size_t size, const char *file, const char *only);

/* Returns the number of the section that contains offset AT. */
uint32_t outline_section_at(const struct outline *outline, size_t at);

/* Returns the line number of section NUMBER's header. If memory runs out, sets *FAILED and returns 0. */
unsigned outline_line(struct outline *outline, uint32_t number, bool *failed);

/* Returns the line number of NAME, which is in a header of several lines perhaps. As for outline_line() if memory runs out. */
unsigned outline_name_line(struct outline *outline, const struct name *name, bool *failed);

/*
 * Reads section NUMBER into SECTION, which need not be initialised. Line numbers are relative: the header is line 1. Free SECTION
 * with section_free(). If memory runs out, its FAILED is set.
 */
void outline_read(const struct outline *outline, size_t number, struct section *section);

/* Returns the lost headers of the text (ini/lost.h), or NULL if memory runs out. The outline owns them. */
const struct lost *outline_lost(struct outline *outline);

/* Appends PROBLEM of SECTION, from outline_read(), to OUT as a message with its line number in the file. */
void outline_print_problem(struct outline *outline, const struct section *section, const struct section_problem *problem,
                           struct buf *out);

/* Frees the text, the names and all cached results. */
void outline_free(struct outline *outline);

#endif
