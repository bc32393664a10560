/* The texts of --explain: what each check looks at, why, what a fault does to mail, and what to do. */
#ifndef PROBE_TELL_EXPLAIN_H
#define PROBE_TELL_EXPLAIN_H

#include "base/buf.h"
#include "probe/judge/result.h"
#include "read/finding.h"

#include <stdbool.h>

struct probe_explanation {
    const char *looks_at; /* one line */
    const char *why, *mail, *act;
    const struct probe_rules *rules; /* more than those whose kinds begin with its name; NULL: none */
};

/* The texts about CHECK. Constant. */
const struct probe_explanation *probe_explain_check(enum probe_check_name check);

/* The titles of MAIL and ACT. */
#define PROBE_EXPLAIN_MAIL "What a fault does to mail"
#define PROBE_EXPLAIN_ACT "What to do"

/* Adds the text about NAME, a check ("txt") or a kind of finding ("txt-several"), in 80 columns, to OUT. False: no such name. */
bool probe_explain(const char *name, struct buf *out);

/* Adds a line for each check to OUT: its name, and what it looks at. */
void probe_explain_list(struct buf *out);

#endif
