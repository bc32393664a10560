#include "reports/tell/details.h"

#include "base/buf.h"
#include "ini/write.h"
#include "reports/judge/sums.h"
#include "reports/judge/tally.h"
#include "reports/judge/verdict.h"
#include "reports/tell/phrase.h"
#include "reports/tell/words.h"

#include <stdint.h>
#include <string.h>

enum { DAY = 86400 };

void details_seen(const struct tally *tally, struct buf *out)
{
    words_count(tally->reports, "report", out);
    buf_print(out, " of ");
    words_count(tally->day_count, "day", out);
    buf_print(out, ", from ");
    words_date(tally->days[0].day * DAY, out);
    buf_print(out, " to ");
    words_date(tally->days[tally->day_count - 1].day * DAY, out);
}

void details_failure(const struct sums *sums, const struct verdict *verdict, const struct verdict_failure *failure,
                     struct buf *out)
{
    const char *mx = failure->failure->mx;

    buf_print(out, "%s%s", mx, mx[0] != '\0' ? ": " : "");
    phrase_failure(failure, out);
    buf_print(out, ": ");
    words_count(failure->sessions, "session", out);
    buf_print(out, ", the last on ");
    words_date(failure->last, out);
    buf_print(out, " (");
    words_reporters(sums, verdict->tally, failure->failure, out);
    buf_print(out, ")");
}

void details_fault(const char *domain, const struct verdict_failure *failure, struct buf *out)
{
    buf_print(out, "%s; ", phrase_fault(failure->fault));
    phrase_advice(domain, failure, out);
}

void details_reporter(const struct sums *sums, const struct tally_reporter *reporter, int64_t now, struct buf *out)
{
    words_reporter(sums, reporter, out);
    buf_print(out, ": ");
    words_count(reporter->sessions, "session", out);
    buf_print(out, ", ");
    words_number(reporter->failed, out);
    buf_print(out, " failed, the last report on ");
    words_date(reporter->last, out);
    if (verdict_is_older(reporter, now)) {
        buf_print(out, "; applies an older policy, until ");
        words_date(reporter->older_until, out);
        buf_print(out, " at the latest");
    } else if (reporter->in_force == 0) {
        buf_print(out, "%s", reporter->no_policy > 0 ? "; found no policy" : "; names no policy");
    }
}

void details_policy(const struct tally_policy *policy, struct buf *out)
{
    buf_print(out, "older policy: ");
    write_ascii(out, policy->meaning, strlen(policy->meaning));
    buf_print(out, "; last applied on ");
    words_date(policy->last, out);
    buf_print(out, ", kept until ");
    words_date(policy->until, out);
    buf_print(out, " at the latest");
}

void details_unsigned(const struct verdict *verdict, struct buf *out)
{
    if (verdict->unsigned_reports == 0)
        return;
    words_count(verdict->unsigned_reports, "report", out);
    buf_print(out, " unsigned, left out");
}

void details_further(const struct tally *tally, struct buf *out)
{
    if (tally->further == 0)
        return;
    words_count(tally->further, "report", out);
    buf_print(out, " of more than %d reporters, counted together", TALLY_REPORTERS_MAX - 1);
}
