/* Parts of sentences: numbers, dates, names of reporters. Pure. */
#ifndef REPORTS_TELL_WORDS_H
#define REPORTS_TELL_WORDS_H

#include "base/buf.h"
#include "reports/judge/sums.h"
#include "reports/judge/tally.h"

#include <stddef.h>
#include <stdint.h>

/* Adds NUMBER with commas: "5,326"; with NOUN, in the plural where it belongs: "1 day", "21 days". */
void words_number(uint64_t number, struct buf *out);
void words_count(uint64_t number, const char *noun, struct buf *out);

/* Adds "2026-12-03", the day of TIME in seconds since 1970. */
void words_date(int64_t time, struct buf *out);

/* Adds the name of REPORTER in ASCII. */
void words_reporter(const struct sums *sums, const struct tally_reporter *reporter, struct buf *out);

/* Adds the names of those who reported FAILURE of TALLY, the first three: "Google, Microsoft and 2 more". */
void words_reporters(const struct sums *sums, const struct tally *tally, const struct tally_failure *failure, struct buf *out);

#endif
