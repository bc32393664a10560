/* Verdicts as text, for a terminal or a mail. Text from reports is printed as ASCII: other bytes as \xNN. Pure. */
#ifndef REPORTS_TELL_TEXT_H
#define REPORTS_TELL_TEXT_H

#include "base/buf.h"
#include "reports/judge/sums.h"
#include "reports/judge/verdict.h"

#include <stdbool.h>
#include <stddef.h>

struct text_options {
    bool colour;
    bool verbose; /* below each verdict, what it is made of */
    size_t width; /* of the longest name, to align the verdicts */
};

/* Adds the line about DOMAIN; with VERBOSE, those below it have 80 columns. */
void text_domain(const struct sums *sums, const char *domain, const struct verdict *verdict, const struct verdict_rules *rules,
                 const struct text_options *options, struct buf *out);

#endif
