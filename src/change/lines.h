/* The lines of two policies, as a unified difference. Pure. */
#ifndef CHANGE_LINES_H
#define CHANGE_LINES_H

#include <stddef.h>

/* Called for each line, of LEN bytes without a line end. SIGN is ' ' for a line of both, '-' for the old one, '+' for the new. */
typedef void lines_visit(void *to, char sign, const char *line, size_t len);

/* Compares BEFORE and AFTER, policies as served or NULL, line by line. */
void lines_compare(const char *before, const char *after, lines_visit *visit, void *to);

#endif
