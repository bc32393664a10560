/* What a finding means for mail, and what to do instead, in words. Pure. */
#ifndef CHANGE_EXPLAIN_H
#define CHANGE_EXPLAIN_H

#include "base/buf.h"
#include "change/judge.h"

/* Which of the two sentences: what happens, or what to do, which ends in the section of the RFC in brackets. */
enum explain_part { EXPLAIN_WHAT, EXPLAIN_ADVICE, EXPLAIN_PARTS };

/* Adds PART about FINDING to OUT, as a sentence without a full stop. */
void explain_finding(const struct judge_finding *finding, enum explain_part part, struct buf *out);

#endif
