/* One section of policies.ini: its values and its problems (mistakes and warnings). Pure. */
#ifndef INI_SECTION_H
#define INI_SECTION_H

#include "base/buf.h"
#include "ini/key.h"
#include "policy/domain.h"

enum section_kind {
    SECTION_PREAMBLE, /* the text above the first header */
    SECTION_DOMAINS,  /* policy domains, or * */
    SECTION_TEMPLATE  /* names without a dot, [defaults] among them */
};

struct section_problem {
    unsigned line;
    enum key key;
    bool keyed;   /* its text begins with "key: " */
    bool warning; /* a warning: the policy is valid */
    size_t text;  /* offset of its text in NOTES */
};

struct section_value {
    unsigned line; /* 0: the section does not set this key */
    size_t text;   /* offset in VALUES, with a final NUL */
};

/* Zeroed memory is an empty section. Free it with section_free(). */
struct section {
    enum section_kind kind;
    size_t at;         /* offset of its header in the text */
    unsigned line;     /* line number of its header */
    const char *names; /* the text between the brackets, NAMES_LEN bytes; borrowed, no final NUL */
    size_t names_len;
    struct section_value value[KEYS];
    bool seen[KEYS]; /* the section has a line with this key, perhaps one with a mistake */
    struct buf values;
    struct buf mx;       /* MX_COUNT patterns in lower case, each with a final NUL */
    struct buf mx_lines; /* their line numbers, of type unsigned */
    size_t mx_count;
    bool mx_fills; /* a pattern has {domain} in it */
    struct buf notes;
    struct section_problem *problems;
    size_t problem_count, problem_room;
    bool is_read;
    size_t read_count;           /* the number of problems found by reading it; the others come from its use as a template */
    size_t mistake[KEY_ANY + 1]; /* for each key and KEY_ANY: the index of its first mistake plus 1; 0: none */
    bool mx_advised;             /* the warnings about the mx list were added */
    bool failed;                 /* memory ran out: the content is not valid */
};

/* Returns the value of KEY as written, or NULL. The section owns it. For mx use SECTION's mx. */
const char *section_value(const struct section *section, enum key key);

/* Returns the line number of mx pattern NUMBER, counted from 0. */
unsigned section_mx_line(const struct section *section, size_t number);

/*
 * Splits *LIST at commas and white space: returns its next word, with a NUL written after it, and moves *LIST on. Returns NULL at
 * the end.
 */
char *section_next_word(char **list);

/* Adds a mistake on LINE about KEY. The text is "what is wrong; what to write"; KEY's name is put before it. */
__attribute__((format(printf, 4, 5))) void section_add_problem(struct section *section, unsigned line, enum key key,
                                                               const char *format, ...);

/* Adds a mistake like section_add_problem(), with NAME instead of KEY's name before the text (NULL: no name). */
__attribute__((format(printf, 5, 6))) void section_add_unknown(struct section *section, unsigned line, enum key key,
                                                               const char *name, const char *format, ...);

/* Adds a warning, unless the section already has the same one: each section that uses a template checks it again. */
__attribute__((format(printf, 4, 5))) void section_add_warning(struct section *section, unsigned line, enum key key,
                                                               const char *format, ...);

/*
 * Adds the mistake FAULT of NAME, of LEN bytes. QUOTES are the two characters around a corrected name; RFC is the section that
 * requires it.
 */
void section_add_name_problem(struct section *section, unsigned line, enum key key, const char *name, size_t len,
                              enum domain_fault fault, const char *quotes, const char *rfc);

/* Makes the mistakes from index FIRST on concern any key (KEY_ANY), because their lines may have been headers. */
void section_widen_problems(struct section *section, size_t first);

/* Returns the first mistake in this template or [defaults] that affects a look-up of KEY, or NULL. */
const struct section_problem *section_mistake(const struct section *section, enum key key);

/*
 * Returns LEN bytes of the file in a form that is safe in a message. The result is in SHOWN. If memory runs out, SECTION's FAILED
 * is set.
 */
struct section_shown {
    char text[80 * 4 + 8];
};
const char *section_show(struct section *section, struct section_shown *shown, const char *bytes, size_t len);

/*
 * Appends "FILE:line: [names] key: text" to OUT, without a line end; a warning has "warning: " after the line. LINE is the line
 * of SECTION's header in the file, also if SECTION was read with another one.
 */
void section_print_problem(const struct section *section, const struct section_problem *problem, const char *file, unsigned line,
                           struct buf *out);

void section_free(struct section *section);

#endif
