/*
 * The language of policies.ini: one section's lines as values and problems, and the policy that comes of a section, its template
 * and [defaults]. Pure. Floor 2.
 */
#ifndef CONFIG_SECTION_H
#define CONFIG_SECTION_H

#include "base/buf.h"
#include "config/ini.h"
#include "policy/model.h"

enum section_key {
    KEY_MODE,
    KEY_MX,
    KEY_MAX_AGE,
    KEY_USE,
    KEY_HOST,
    KEY_TLSRPT,
    SECTION_KEYS,
    KEY_ANY /* of a problem: it may concern any key */
};

enum section_kind {
    SECTION_PREAMBLE, /* what stands before the first header */
    SECTION_DOMAINS,  /* policy domains, or * */
    SECTION_TEMPLATE  /* names without a dot, [defaults] among them */
};

struct section_problem {
    unsigned line;
    enum section_key key;
    bool keyed;   /* its text begins with a key and a colon */
    bool warning; /* a policy comes of it all the same */
    size_t text;  /* where its text begins in the section's notes */
};

struct section_value {
    unsigned line; /* 0: not there */
    size_t text;   /* where it begins in the section's values, ended by a NUL */
};

struct section {
    enum section_kind kind;
    size_t at;         /* offset of its header */
    unsigned line;     /* of its header */
    const char *names; /* as written between the brackets; borrowed, not ended by a NUL */
    size_t names_len;
    struct section_value value[SECTION_KEYS];
    struct buf values;
    struct buf mx;       /* the patterns in lower case, each ended by a NUL */
    struct buf mx_lines; /* for each, an unsigned: its line */
    size_t mx_count;
    struct buf notes;
    struct section_problem *problems;
    size_t problem_count, problem_room;
    bool failed; /* memory ran out: nothing here counts */
};

/* A header's names: what stands between the brackets, and what is wrong with the line, if anything. */
struct section_header {
    const char *names;
    size_t len;
    const char *fault; /* NULL, or a phrase that says what to write */
    bool several;      /* what ends a name stands between them: they are not one name alone */
};

/* LINE of TEXT, a header by ini_is_header(), taken apart. HEADER borrows from TEXT. */
void section_header(const char *text, const struct ini_line *line, struct section_header *header);

/*
 * May LINE of TEXT, which has a mistake and begins with no bracket, have been meant as a header? It holds a bracket (one in the
 * comment behind a value does not count), or is neither a value nor begins like one.
 */
bool section_may_be_header(const char *text, const struct ini_line *line);

/* Has that header no mistake: is it certain whom it names? False also where memory ran out. */
bool section_header_is_sound(const char *text, const struct ini_line *line);

/* Does C end a name in a header: white space, a comma, a bracket, or what is a mistake there? */
bool section_ends_name(char c);

/*
 * The next name in NAMES of LEN bytes at *AT or after it, up to what ends a name. Sets *AT behind it and *NAME to it
 * and returns its length; 0 where there is none.
 */
size_t section_next_name(const char *names, size_t len, size_t *at, const char **name);

/* Is the name, of LEN bytes, one of a domain ([*], too), and not of a template? */
bool section_names_domain(const char *name, size_t len);

/* Is a header with these NAMES, LEN bytes, one of templates: are there any, and is none of a domain? */
bool section_is_template(const char *names, size_t len);

/*
 * Reads the section that stands at offset AT of TEXT, up to END, where the next begins, its header being on line LINE. With AT 0
 * and no header there it is the preamble. SECTION need not be initialised; it borrows from TEXT; section_free() is due.
 */
void section_read(const char *text, size_t at, size_t end, unsigned line, struct section *section);

/* Adds a problem on LINE that concerns KEY; its text, after KEY's name, says what is wrong and what to write instead. */
__attribute__((format(printf, 4, 5))) void section_add_problem(struct section *section, unsigned line, enum section_key key,
                                                               const char *format, ...);

/* The value of KEY as written, or NULL. Of mx: see SECTION's mx. */
const char *section_value(const struct section *section, enum section_key key);

/* The line of the pattern of that NUMBER, from 0 on. */
unsigned section_mx_line(const struct section *section, size_t number);

/* Cuts the next word of a value that is a list, with commas or white space between, off *LIST, and ends it by a NUL; NULL at the
 * end. */
char *section_next_word(char **list);

/* A problem, and the section that it stands in. */
struct section_why {
    const struct section *section;
    const struct section_problem *problem;
};

/* What comes of a section, its template and [defaults]: the policy, and which of them each value is from (NULL: none has it). */
struct section_found {
    struct policy policy; /* borrows from them */
    const struct section *from[SECTION_KEYS];
    bool mistaken[SECTION_KEYS]; /* of host and tlsrpt: a mistake stands in the way of that value */
    struct section_why beside;   /* the first such mistake in the file; the policy does without these values */
};

/*
 * Is a value of the policy, or with RECORDS one of its records, looked for in [defaults]: is it neither in OWN nor in TEMPLATE
 * (NULL: none)?
 */
bool section_looks_in_defaults(const struct section *own, const struct section *template, bool records);

/*
 * Finds what comes of OWN, of TEMPLATE (NULL: none) and of DEFAULTS (NULL: none), each value from the first of them that has it
 * (RFC 8461 3.2). False where a mistake stands in its way: WHY then names it (it may have been added to OWN), or is empty where
 * memory ran out. Of host and tlsrpt, a mistake is no more than a value that is not there.
 */
bool section_find(struct section *own, const struct section *template, const struct section *defaults,
                  struct section_found *found, struct section_why *why);

/* Adds the policy in FOUND, rendered, to OUT. False, as above, where it is too large or memory ran out. */
bool section_render(struct section *own, const struct section_found *found, struct buf *out, struct section_why *why);

/* Adds a warning, unless it has the same one already: a template is looked at for each section that uses it. */
__attribute__((format(printf, 4, 5))) void section_add_warning(struct section *section, unsigned line, enum section_key key,
                                                               const char *format, ...);

/*
 * Adds "FILE:line: [names] key: text", of a warning with "warning: " after the line, to OUT, without a line end. LINE is where
 * the section's header really is, whatever it was read as.
 */
void section_print_problem(const struct section *section, const struct section_problem *problem, const char *file, unsigned line,
                           struct buf *out);

void section_free(struct section *section);

#endif
