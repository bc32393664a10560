/* Where each section of policies.ini begins, and whom it names: enough to read any one of them. Pure. */
#ifndef CONFIG_OUTLINE_H
#define CONFIG_OUTLINE_H

#include "config/names.h"
#include "ini/lost.h"
#include "ini/section.h"

#include <stdatomic.h>

struct outline_section {
    uint32_t at; /* offset of the header in the text */
    bool is_template;
    union {                                      /* NULL until somebody asks for it */
        _Atomic(struct index_verdict *) verdict; /* of domains */
        _Atomic(struct section *) read;          /* of a template */
    } cache;
};

struct outline {
    char *text, *file;
    size_t size;
    struct outline_section *sections; /* the preamble first; one more at the end, for where the last ends */
    size_t section_count, section_room;
    struct names names;
    size_t domain_count;
    _Atomic(uint32_t *) lines; /* of each section's header; NULL until somebody asks for it */
    _Atomic(struct lost *) lost;
};

/*
 * Fills OUTLINE, which need not be initialised, with TEXT, SIZE bytes of memory from malloc(), which it takes over also if it
 * fails. FILE is the name that messages begin with. With ONLY, a policy domain in normal form, it need not hold other domains.
 * False if memory runs out, or if TEXT is 4 GiB or larger. outline_free() is due in any case.
 */
bool outline_make(struct outline *outline, char *text, size_t size, const char *file, const char *only);

/* The number of the section that the offset AT lies in. */
uint32_t outline_section_at(const struct outline *outline, size_t at);

/* The line of a section's header. Sets *FAILED, and returns 0, if memory runs out. */
unsigned outline_line(struct outline *outline, uint32_t number, bool *failed);

/*
 * Reads section NUMBER. Its lines are counted from the header, as if that was line 1. SECTION need not be initialised;
 * section_free() is due.
 */
void outline_read(const struct outline *outline, size_t number, struct section *section);

/* The lines of the text that cannot be read, and may begin sections; NULL if memory runs out. */
const struct lost *outline_lost(struct outline *outline);

/* Adds PROBLEM of SECTION, which was read from OUTLINE, to OUT, with its line in the file. */
void outline_print_problem(struct outline *outline, const struct section *section, const struct section_problem *problem,
                           struct buf *out);

/* Frees what is in the caches, too. */
void outline_free(struct outline *outline);

#endif
