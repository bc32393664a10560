/* Reports every mistake and warning of policies.ini, in the order of the file. Pure. */
#ifndef CONFIG_AUDIT_H
#define CONFIG_AUDIT_H

#include "config/outline.h"

/* The receiver of the results. */
struct audit {
    void *to;    /* the first argument of both functions */
    bool advice; /* report all warnings, not only those about text that may be lost */
    /*
     * Called for each mistake or warning. TEXT is "file:line: [section] key: what is wrong; what to write", without a line end.
     */
    void (*problem)(void *to, unsigned line, bool warning, const char *text);
    /* Called for each domain that has no policy because of a mistake; may be NULL. */
    void (*broken)(void *to, const char *domain);
    const atomic_bool *stop; /* the audit ends early when it becomes true; may be NULL */
};

/* Reads every section of OUTLINE. False if it was stopped or memory ran out. */
bool audit_outline(struct outline *outline, const struct audit *audit);

#endif
