/* The texts of --explain: what each check looks at, why, what a fault does to mail, and what to do. */
#ifndef PROBE_TELL_EXPLAIN_H
#define PROBE_TELL_EXPLAIN_H

#include "base/buf.h"

#include <stdbool.h>

/* Adds the text about NAME, a check ("txt") or a kind of finding ("txt-several"), in 80 columns, to OUT. False: no such name. */
bool probe_explain(const char *name, struct buf *out);

/* Adds a line for each check to OUT: its name, and what it looks at. */
void probe_explain_list(struct buf *out);

#endif
