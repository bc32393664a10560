/* A verdict as one JSON object in one line, for programs; mta-sts-reports(1) describes its members. Pure. */
#ifndef REPORTS_TELL_JSON_H
#define REPORTS_TELL_JSON_H

#include "base/buf.h"
#include "reports/judge/sums.h"
#include "reports/judge/verdict.h"

/* Adds the object about DOMAIN, and a line end. */
void json_domain(const struct sums *sums, const char *domain, const struct verdict *verdict, const struct verdict_rules *rules,
                 struct buf *out);

#endif
