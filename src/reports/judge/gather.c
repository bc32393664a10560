#include "reports/judge/gather.h"

#include "base/buf.h"
#include "policy/domain.h"
#include "reports/judge/applied.h"
#include "reports/judge/kind.h"
#include "reports/read/report.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* The two protocols that may count the same sessions. */
enum side { SIDE_STS, SIDE_TLSA, SIDES };

struct sums_of_sides {
    uint64_t successful[SIDES], failed[SIDES], details[SIDES];
};

/* Writes NAME in normal form if FAULT finds none in it. */
static bool read_name(const char *name, enum domain_fault (*fault)(const char *name, size_t len), char normal[DOMAIN_MAX + 1])
{
    size_t len = strlen(name);

    if (len > 1 && name[len - 1] == '.')
        len--;
    if (fault(name, len) != DOMAIN_FINE)
        return false;
    domain_normal(name, len, normal);
    return true;
}

static uint64_t lesser(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static uint64_t greater(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

/* --- failures --- */

static bool is_same(const struct gather_failure *a, const struct gather_failure *b)
{
    return a->kind == b->kind && a->unmatched == b->unmatched && strcmp(a->mx, b->mx) == 0 && strcmp(a->result, b->result) == 0;
}

/*
 * Adds MORE to the failures of GATHER. With AT_LEAST its sessions are among those that the same one has already. The last one of
 * a full list stands for all further ones.
 */
static void add_failure(struct gather *gather, const struct gather_failure *more, bool at_least)
{
    struct gather_failure *failure = gather->failures, further;
    size_t i = 0;

    while (i < gather->failure_count && i < GATHER_FAILURES_MAX - 1 && !is_same(&failure[i], more))
        i++;
    if (i == GATHER_FAILURES_MAX - 1) {
        further = (struct gather_failure) { .kind = KIND_UNEXPLAINED, .result = "", .sender = more->sender };
        further.sessions = more->sessions;
        more = &further;
    }
    if (i == gather->failure_count) {
        failure[gather->failure_count++] = *more;
        return;
    }
    failure[i].sessions = at_least ? greater(failure[i].sessions, more->sessions) : failure[i].sessions + more->sessions;
    failure[i].several |= more->several || (more->sender[0] != '\0' && failure[i].sender[0] != '\0' &&
                                            strcmp(more->sender, failure[i].sender) != 0);
    if (failure[i].sender[0] == '\0')
        failure[i].sender = more->sender;
}

static void read_failure(const struct report_failure *from, const struct applied *applied, struct gather_failure *to)
{
    *to = (struct gather_failure) { .kind = kind_of(from->result), .sender = from->sender, .sessions = from->sessions };
    to->result = to->kind == KIND_OTHER ? from->result : "";
    if (!read_name(from->mx, domain_fault, to->mx))
        to->mx[0] = '\0';
    to->unmatched = applied != NULL && to->mx[0] != '\0' && !applied_names(applied, to->mx);
}

/* --- blocks --- */

static int by_domain(const void *a, const void *b)
{
    const struct gather_part *x = a, *y = b;
    int order = strcmp(x->domain, y->domain);

    return order != 0 ? order : (x->block > y->block) - (x->block < y->block);
}

size_t gather_parts(const struct report *report, struct gather_part *parts)
{
    size_t count = 0;

    for (size_t i = 0; i < report->block_count; i++) {
        parts[count].block = &report->blocks[i];
        /* A name without a dot may be a template of policies.ini. */
        count += read_name(report->blocks[i].domain, domain_policy_fault, parts[count].domain) &&
                 strchr(parts[count].domain, '.') != NULL;
    }
    if (count > 0)
        qsort(parts, count, sizeof *parts, by_domain);
    return count;
}

size_t gather_same(const struct gather_part *parts, size_t count)
{
    size_t same = 1;

    while (same < count && strcmp(parts[same].domain, parts[0].domain) == 0)
        same++;
    return same;
}

static bool add_policy(struct gather *gather, const struct report_block *block, struct applied *applied)
{
    struct gather_policy *policy = &gather->policies[gather->policy_count];

    if (!applied_read(block->policy.text, block->policy.len, applied))
        return false;
    buf_add(&policy->meaning, applied->meaning.text, applied->meaning.len);
    policy->max_age = applied->max_age;
    gather->policy_count++;
    return !policy->meaning.failed;
}

static bool add_block(struct gather *gather, const struct report_block *block, struct gather *side, struct sums_of_sides *sums)
{
    const enum side at = block->type == REPORT_TLSA ? SIDE_TLSA : SIDE_STS;
    struct applied applied = { 0 };
    bool has_policy = block->policy.len > 0, good = !has_policy || add_policy(gather, block, &applied);
    uint64_t details = 0;

    for (size_t i = 0; good && i < block->failure_count; i++) {
        struct gather_failure failure;
        read_failure(&block->failures[i], has_policy ? &applied : NULL, &failure);
        details += failure.sessions;
        add_failure(side, &failure, false);
    }
    /* Some report more details than failures; some count no failures, and report details. */
    uint64_t failed = block->failed > 0 ? block->failed : details;
    sums->successful[at] += block->successful;
    sums->failed[at] += failed;
    sums->details[at] += lesser(details, failed);
    gather->no_policy |= block->type == REPORT_NO_POLICY;
    gather->sts |= block->type == REPORT_STS && !applied.is_none && block->successful + failed > 0;
    gather->tlsa |= block->type == REPORT_TLSA && block->successful + failed > 0;
    applied_free(&applied);
    return good;
}

/* Adds the failures of SIDE to GATHER. */
static void join(struct gather *gather, const struct gather *side)
{
    for (size_t i = 0; i < side->failure_count; i++)
        add_failure(gather, &side->failures[i], true);
}

/* No failure has more sessions than have failed. Those that no failure has are KIND_UNEXPLAINED. */
static void settle(struct gather *gather, const struct sums_of_sides *sums)
{
    uint64_t explained = greater(sums->details[SIDE_STS], sums->details[SIDE_TLSA]);

    gather->sessions =
        greater(sums->successful[SIDE_STS] + sums->failed[SIDE_STS], sums->successful[SIDE_TLSA] + sums->failed[SIDE_TLSA]);
    gather->failed = greater(sums->failed[SIDE_STS], sums->failed[SIDE_TLSA]);
    for (size_t i = 0; i < gather->failure_count; i++)
        gather->failures[i].sessions = lesser(gather->failures[i].sessions, gather->failed);
    const struct gather_failure rest = {
        .kind = KIND_UNEXPLAINED, .result = "", .sender = "", .sessions = gather->failed - lesser(explained, gather->failed)
    };
    if (rest.sessions > 0)
        add_failure(gather, &rest, false);
}

bool gather_domain(const struct gather_part *parts, size_t count, struct gather *gather)
{
    struct gather *sides = calloc(SIDES, sizeof *sides);
    struct sums_of_sides sums = { 0 };
    bool good = sides != NULL;

    gather->policies = calloc(count + 1, sizeof *gather->policies);
    good = good && gather->policies != NULL;
    for (size_t i = 0; good && i < count; i++) {
        const struct report_block *block = parts[i].block;
        good = add_block(gather, block, &sides[block->type == REPORT_TLSA ? SIDE_TLSA : SIDE_STS], &sums);
    }
    for (size_t i = 0; good && i < SIDES; i++)
        join(gather, &sides[i]);
    settle(gather, &sums);
    free(sides);
    return good;
}

void gather_free(struct gather *gather)
{
    for (size_t i = 0; i < gather->policy_count; i++)
        buf_free(&gather->policies[i].meaning);
    free(gather->policies);
    *gather = (struct gather) { 0 };
}
