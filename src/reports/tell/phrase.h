/* A verdict in one phrase, and what failed, whose fault it is, and what to do. ASCII without line ends. Pure. */
#ifndef REPORTS_TELL_PHRASE_H
#define REPORTS_TELL_PHRASE_H

#include "base/buf.h"
#include "reports/judge/sums.h"
#include "reports/judge/verdict.h"

/* "not yet", and the same for programs: "not-yet". Constant. */
const char *phrase_word(enum verdict_word word);
const char *phrase_name(enum verdict_word word);

/* Adds what follows that word: "21 days, 6 reporters, 5,326 sessions, 0 failed; all applied the policy in force". */
void phrase_verdict(const struct sums *sums, const char *domain, const struct verdict *verdict, const struct verdict_rules *rules,
                    struct buf *out);

/* The same for programs as for people: "not-in-mx", and "policies.ini does not name the MX host". Constant. */
const char *phrase_fault_name(enum verdict_fault fault);
const char *phrase_fault(enum verdict_fault fault);

/* Adds what FAILURE is, "certificate expired", and what to do about it: a phrase. */
void phrase_failure(const struct verdict_failure *failure, struct buf *out);
void phrase_advice(const char *domain, const struct verdict_failure *failure, struct buf *out);

#endif
