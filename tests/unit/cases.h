/* Tests that are tables: one line of a file is one case. */
#ifndef CASES_H
#define CASES_H

#include <stddef.h>

enum { CASE_FIELDS = 4 };

struct case_line {
    char *name;                     /* "host.tsv:12 mta-sts.example.org" */
    const char *field[CASE_FIELDS]; /* "" if the line has fewer */
};

/*
 * Runs TEST, a cmocka test, once for each line of tests/fixtures/FILE with its struct case_line as the state. Lines that begin
 * with "# " are left out, fields end at a tab. Returns how many failed; no line at all counts as a failure.
 */
int cases_run(const char *file, void (*test)(void **state));

/* All of tests/fixtures/FILE, with a NUL at the end. Ends the program if there is no such file. The caller frees it. */
char *cases_read(const char *file, size_t *len);

#endif
