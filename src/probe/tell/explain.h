/* What each check looks at, why, what a fault does to mail, and what to do: the long form. Floor 8. */
#ifndef PROBE_TELL_EXPLAIN_H
#define PROBE_TELL_EXPLAIN_H

#include "base/buf.h"

#include <stdbool.h>

/* Adds the text about NAME, a check ("txt") or a kind of finding ("txt-several"), in 80 columns to OUT. False: there is none. */
bool probe_explain(const char *name, struct buf *out);

/* Adds a line for each check: its name, and what it looks at. */
void probe_explain_list(struct buf *out);

#endif
