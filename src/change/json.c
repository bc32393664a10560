#include "change/json.h"

#include "base/buf.h"
#include "base/utc.h"
#include "change/compare.h"
#include "change/explain.h"
#include "change/judge.h"
#include "config/index.h"
#include "policy/model.h"

#include <inttypes.h>
#include <stdint.h>
#include <string.h>

static const char *const kinds[COMPARE_KINDS] = {
    [COMPARE_ADDED] = "added",
    [COMPARE_REMOVED] = "removed",
    [COMPARE_CHANGED] = "changed",
    [COMPARE_UNKNOWN] = "unknown",
};

static const char *const refusals[] = {
    [JUDGE_REFUSED_NONE] = "none",
    [JUDGE_REFUSED_LISTED] = "listed",
    [JUDGE_REFUSED_OTHERS] = "others",
};

static const char *const holders[] = { [JUDGE_NOBODY] = "none", [JUDGE_OLD] = "old", [JUDGE_NEW] = "new" };

static void add_string(struct buf *out, const char *text)
{
    buf_add_json(out, text, strlen(text));
}

/* Adds the member NAME after a comma: a string, or null. */
static void add_text(struct buf *out, const char *name, const char *text)
{
    buf_print(out, ",\"%s\":", name);
    if (text != NULL)
        add_string(out, text);
    else
        buf_print(out, "null");
}

static void add_patterns(struct buf *out, const char *mx, size_t count)
{
    buf_print(out, ",\"mx\":[");
    for (size_t i = 0; i < count; i++, mx += strlen(mx) + 1) {
        if (i > 0)
            buf_add(out, ",", 1);
        add_string(out, mx);
    }
    buf_add(out, "]", 1);
}

static void add_side(struct buf *out, const char *name, const struct index_values *values, const char *id)
{
    const struct policy *policy = &values->policy;

    buf_print(out, ",\"%s\":", name);
    if (values->state != INDEX_KNOWN) {
        buf_print(out, "null");
        return;
    }
    buf_print(out, "{\"mode\":\"%s\"", policy_mode_text(policy->mode));
    add_patterns(out, policy->mx, policy->mx_count);
    buf_print(out, ",\"max_age\":%" PRIu32, policy->max_age);
    add_text(out, "id", id[0] != '\0' ? id : NULL);
    add_text(out, "host", values->mistaken ? NULL : values->host);
    add_text(out, "tlsrpt", values->mistaken ? NULL : values->tlsrpt);
    buf_add(out, "}", 1);
}

static void add_name(struct buf *out, const char *prefix, const char *domain, const char **separator)
{
    buf_print(out, "%s\"%s%s\"", *separator, prefix, domain);
    *separator = ",";
}

/* The names of the records to publish anew. [*] has none. */
static void add_renew(struct buf *out, const struct compare_change *change)
{
    const bool any = change->after->state == INDEX_KNOWN && strcmp(change->domain, "*") != 0;
    const char *separator = "";

    buf_print(out, ",\"renew\":[");
    if (any && strcmp(change->id_before, change->id_after) != 0)
        add_name(out, "_mta-sts.", change->domain, &separator);
    if (any && change->host_differs)
        add_name(out, "mta-sts.", change->domain, &separator);
    if (any && change->tlsrpt_differs)
        add_name(out, "_smtp._tls.", change->domain, &separator);
    buf_add(out, "]", 1);
}

/* The names of the records of a domain that is gone. */
static void add_remove(struct buf *out, const struct compare_change *change)
{
    const bool any = change->kind == COMPARE_REMOVED && strcmp(change->domain, "*") != 0;
    const char *separator = "";

    buf_print(out, ",\"remove\":[");
    if (any) {
        add_name(out, "_mta-sts.", change->domain, &separator);
        add_name(out, "mta-sts.", change->domain, &separator);
    }
    if (any && !change->before->mistaken && change->before->tlsrpt != NULL && change->before->tlsrpt[0] != '\0')
        add_name(out, "_smtp._tls.", change->domain, &separator);
    buf_add(out, "]", 1);
}

static void add_sentence(struct buf *out, const char *name, const struct judge_finding *finding, enum explain_part part)
{
    struct buf text = { 0 };

    explain_finding(finding, part, &text);
    out->failed |= text.failed;
    add_text(out, name, text.text);
    buf_free(&text);
}

static void add_finding(struct buf *out, const struct judge_finding *finding)
{
    const struct judge_meaning *meaning = judge_meaning(finding->rule);
    char safe[UTC_SIZE];

    utc_write(finding->safe, safe);
    buf_print(out, "{\"rule\":\"%s\",\"unsafe\":%s", meaning->name, meaning->unsafe ? "true" : "false");
    add_text(out, "safe", finding->safe != JUDGE_UNTIMED ? safe : NULL);
    add_text(out, "by", holders[meaning->holder]);
    add_text(out, "refused", refusals[meaning->refused]);
    add_patterns(out, finding->mx.text, finding->mx_count);
    add_sentence(out, "what", finding, EXPLAIN_WHAT);
    add_sentence(out, "advice", finding, EXPLAIN_ADVICE);
    buf_add(out, "}", 1);
}

void json_begin(const char *before, const char *after, int64_t now, struct buf *out)
{
    char time[UTC_SIZE];

    utc_write(now, time);
    buf_print(out, "{\"now\":\"%s\"", time);
    add_text(out, "old", before);
    add_text(out, "new", after);
    buf_print(out, ",\"domains\":[");
}

void json_change(const struct compare_change *change, bool first, struct buf *out)
{
    buf_print(out, "%s\n{\"domain\":\"%s\",\"change\":\"%s\"", first ? "" : ",", change->domain, kinds[change->kind]);
    add_side(out, "before", change->before, change->id_before);
    add_side(out, "after", change->after, change->id_after);
    add_renew(out, change);
    add_remove(out, change);
    buf_print(out, ",\"findings\":[");
    for (size_t i = 0; i < change->findings.count; i++) {
        if (i > 0)
            buf_add(out, ",", 1);
        add_finding(out, &change->findings.list[i]);
    }
    buf_print(out, "]}");
}

void json_end(const struct compare_totals *totals, struct buf *out)
{
    buf_print(out, "],\n\"added\":%zu,\"removed\":%zu,\"changed\":%zu,\"unknown\":%zu,\"unsafe\":%zu}\n",
              totals->of_kind[COMPARE_ADDED], totals->of_kind[COMPARE_REMOVED], totals->of_kind[COMPARE_CHANGED],
              totals->of_kind[COMPARE_UNKNOWN], totals->unsafe);
}
