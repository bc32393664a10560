/* Every mistake and warning of policies.ini, in the order of the file. Pure. */
#ifndef CONFIG_AUDIT_H
#define CONFIG_AUDIT_H

#include "config/outline.h"

/* Who gets the results. */
struct audit {
    void *to;    /* the first argument of both functions */
    bool advice; /* warnings, too */
    /* TEXT: "file:line: [section] key: what is wrong; what to write". LINE is in it, too. */
    void (*problem)(void *to, unsigned line, bool warning, const char *text);
    void (*broken)(void *to, const char *domain); /* a domain that has no policy because of a mistake; NULL: not wanted */
    const atomic_bool *stop;                      /* NULL, or ends the audit early once it is true */
};

/* Reads every section. False if it was stopped or memory ran out. */
bool audit_outline(struct outline *outline, const struct audit *audit);

#endif
