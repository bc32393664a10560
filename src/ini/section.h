/* A section of policies.ini as it was read: its values, and its problems. Pure. */
#ifndef INI_SECTION_H
#define INI_SECTION_H

#include "base/buf.h"
#include "ini/key.h"
#include "policy/domain.h"

enum section_kind {
    SECTION_PREAMBLE, /* what stands before the first header */
    SECTION_DOMAINS,  /* policy domains, or * */
    SECTION_TEMPLATE  /* names without a dot, [defaults] among them */
};

struct section_problem {
    unsigned line;
    enum key key;
    bool keyed;   /* its text begins with a key and a colon */
    bool warning; /* a policy comes of it all the same */
    size_t text;  /* where its text begins in the section's notes */
};

struct section_value {
    unsigned line; /* 0: not there */
    size_t text;   /* where it begins in the section's values, ended by a NUL */
};

/* Initialised by zeroes; section_free() is due. */
struct section {
    enum section_kind kind;
    size_t at;         /* offset of its header */
    unsigned line;     /* of its header */
    const char *names; /* as written between the brackets; borrowed, not ended by a NUL */
    size_t names_len;
    struct section_value value[KEYS];
    struct buf values;
    struct buf mx;       /* the patterns in lower case, each ended by a NUL */
    struct buf mx_lines; /* for each, an unsigned: its line */
    size_t mx_count;
    struct buf notes;
    struct section_problem *problems;
    size_t problem_count, problem_room;
    bool is_read;
    size_t read_count;           /* how many of them reading the section found; the others came by what it is used for */
    size_t mistake[KEY_ANY + 1]; /* for each key: 0, or the number of its first problem that is no warning, plus 1 */
    bool mx_advised;             /* the warnings about mx alone were added */
    bool failed;                 /* memory ran out: nothing here counts */
};

/* The value of KEY as written, or NULL. Of mx: see SECTION's mx. */
const char *section_value(const struct section *section, enum key key);

/* The line of the mx pattern of that NUMBER, from 0 on. */
unsigned section_mx_line(const struct section *section, size_t number);

/*
 * Cuts the next word off *LIST, a value with commas or white space between its words, and ends it by a NUL. Returns NULL at the
 * end.
 */
char *section_next_word(char **list);

/* Adds a problem on LINE that concerns KEY; its text, behind KEY's name, says what is wrong and what to write instead. */
__attribute__((format(printf, 4, 5))) void section_add_problem(struct section *section, unsigned line, enum key key,
                                                               const char *format, ...);

/* The same with NAME (NULL: none) for KEY's: a key that there is not. */
__attribute__((format(printf, 5, 6))) void section_add_unknown(struct section *section, unsigned line, enum key key,
                                                               const char *name, const char *format, ...);

/* Adds a warning, unless the section has the same one already: a template is looked at for each section that uses it. */
__attribute__((format(printf, 4, 5))) void section_add_warning(struct section *section, unsigned line, enum key key,
                                                               const char *format, ...);

/*
 * Adds FAULT of a name, LEN bytes, as a problem. QUOTES are the two characters that it is written between, RFC is the section
 * that says so.
 */
void section_add_name_problem(struct section *section, unsigned line, enum key key, const char *name, size_t len,
                              enum domain_fault fault, const char *quotes, const char *rfc);

/* The problems from number FIRST on, counted from 0, may concern any key: a header may stand on their line. */
void section_widen_problems(struct section *section, size_t first);

/* The first mistake that concerns whoever looks for KEY in this template or [defaults]; NULL if there is none. */
const struct section_problem *section_mistake(const struct section *section, enum key key);

/* LEN bytes of the file as a message of SECTION may show them; the result lasts until SHOWN is used again. */
struct section_shown {
    char text[80 * 4 + 8];
};
const char *section_show(struct section *section, struct section_shown *shown, const char *bytes, size_t len);

/*
 * Adds "FILE:line: [names] key: text", of a warning with "warning: " behind the line, to OUT, without a line end. LINE is where
 * the section's header stands in the file, whatever it was read as.
 */
void section_print_problem(const struct section *section, const struct section_problem *problem, const char *file, unsigned line,
                           struct buf *out);

void section_free(struct section *section);

#endif
