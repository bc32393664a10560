#include "reports/judge/verdict.h"

#include "base/buf.h"
#include "config/index.h"
#include "config/verdict.h"
#include "policy/model.h"
#include "read/policy.h"
#include "read/policy_field.h"
#include "reports/judge/kind.h"
#include "reports/judge/tally.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { DAY = 86400 };

struct judging {
    struct verdict *verdict;
    const struct tally *tally;
    const struct verdict_rules *rules;
    const struct probe_policy *policy; /* in force */
};

/* --- failures --- */

static bool names(const struct probe_policy *policy, const char *mx)
{
    const char *pattern = policy->mx.text;

    for (size_t i = 0; i < policy->mx_count; i++, pattern += strlen(pattern) + 1)
        if (policy_mx_match(pattern, mx))
            return true;
    return false;
}

/* Has only one of many reporters seen FAILURE, from one address at most? Those that did not look for it do not count. */
static bool is_alone(const struct judging *j, const struct tally_failure *failure)
{
    bool is_dane = kind_about(failure->kind)->place == KIND_AT_TLSA;
    size_t others = 0;

    if (failure->by_count != 1 || failure->by[0].several)
        return false;
    for (uint32_t i = 0; i < j->tally->reporter_count; i++) {
        const struct tally_reporter *reporter = &j->tally->reporters[i];
        others += i != failure->by[0].reporter && (is_dane ? reporter->tlsa : reporter->sts);
    }
    return others >= VERDICT_OTHERS;
}

static enum verdict_fault find_fault(const struct judging *j, const struct tally_failure *failure)
{
    static const enum verdict_fault places[] = { [KIND_AT_MX] = FAULT_MX,
                                                 [KIND_AT_TLSA] = FAULT_TLSA,
                                                 [KIND_AT_POLICY_HOST] = FAULT_POLICY_HOST,
                                                 [KIND_AT_NOWHERE] = FAULT_UNKNOWN };
    enum kind_place place = kind_about(failure->kind)->place;

    if (place == KIND_AT_MX && failure->mx[0] != '\0' && !names(j->policy, failure->mx))
        return FAULT_NOT_IN_MX;
    if (place == KIND_AT_MX && failure->unmatched)
        return FAULT_OLDER;
    return is_alone(j, failure) ? FAULT_SENDER : places[place];
}

static void judge_failure(const struct judging *j, const struct tally_failure *failure, struct verdict_failure *to)
{
    *to = (struct verdict_failure) { .failure = failure, .fault = find_fault(j, failure) };
    for (size_t i = 0; i < failure->by_count; i++) {
        to->sessions += failure->by[i].sessions;
        if (failure->by[i].last > to->last)
            to->last = failure->by[i].last;
    }
    to->blocks = to->fault < FAULT_OLDER && to->sessions > 0 && to->last > j->rules->now - (int64_t)j->rules->days * DAY;
}

static int by_weight(const void *a, const void *b)
{
    const struct verdict_failure *x = a, *y = b;

    if (x->blocks != y->blocks)
        return x->blocks ? -1 : 1;
    if (x->sessions != y->sessions)
        return x->sessions > y->sessions ? -1 : 1;
    return x->failure < y->failure ? -1 : x->failure > y->failure;
}

static void judge_failures(const struct judging *j)
{
    struct verdict *verdict = j->verdict;

    for (size_t i = 0; i < j->tally->failure_count; i++) {
        struct verdict_failure *failure = &verdict->failures[verdict->failure_count++];
        judge_failure(j, &j->tally->failures[i], failure);
        verdict->blocked += failure->blocks ? failure->sessions : 0;
    }
    /* One session may have failed for two reasons. */
    if (verdict->blocked > j->tally->failed)
        verdict->blocked = j->tally->failed;
    qsort(verdict->failures, verdict->failure_count, sizeof *verdict->failures, by_weight);
}

/* --- reporters --- */

bool verdict_is_older(const struct tally_reporter *reporter, int64_t now)
{
    /* Of further reporters, the one that applied the policy in force may be another one. */
    bool is_last = reporter->older >= reporter->in_force || reporter->name == TALLY_FURTHER;

    return reporter->older > 0 && is_last && reporter->older_until > now;
}

static void judge_reporters(const struct judging *j)
{
    struct verdict *verdict = j->verdict;

    for (size_t i = 0; i < j->tally->reporter_count; i++) {
        const struct tally_reporter *reporter = &j->tally->reporters[i];
        bool older = verdict_is_older(reporter, j->rules->now);
        verdict->older += older;
        verdict->reporters += reporter->sts;
        verdict->applied += !older && reporter->in_force > 0;
        if (older && reporter->older_until > verdict->until)
            verdict->until = reporter->older_until;
    }
    for (size_t i = 0; i < j->tally->day_count; i++)
        verdict->days += j->tally->days[i].sts;
}

/* --- the verdict --- */

static enum verdict_word find_word(const struct judging *j)
{
    struct verdict *verdict = j->verdict;
    bool enforced = verdict->mode == POLICY_ENFORCE;

    if (verdict->failure_count > 0 && verdict->failures[0].blocks)
        return enforced ? VERDICT_FAILING : VERDICT_NOT_YET;
    if (enforced)
        return VERDICT_ENFORCED;
    verdict->wait = verdict->older > 0 ? VERDICT_WAIT_OLDER : verdict->applied == 0 ? VERDICT_WAIT_NO_POLICY : VERDICT_WAIT_MORE;
    bool enough = verdict->days >= j->rules->days && verdict->reporters >= j->rules->reporters;
    return enough && verdict->wait == VERDICT_WAIT_MORE ? VERDICT_READY : VERDICT_WAIT;
}

/* Judges a domain whose policy in force is BYTES. */
static bool judge(struct verdict *verdict, const struct verdict_rules *rules, const char *bytes, size_t len)
{
    struct probe_policy policy;
    const struct judging judging = { verdict, verdict->tally, rules, &policy };

    probe_policy_read(bytes, len, &policy);
    bool good = !policy.findings.failed && !policy.mx.failed;
    verdict->has_mode = policy.has_mode;
    verdict->mode = policy.mode;
    if (policy.has_mode && policy.mode == POLICY_NONE) {
        verdict->word = VERDICT_LEAVING;
    } else if (good && verdict->tally != NULL) {
        judge_failures(&judging);
        judge_reporters(&judging);
        verdict->word = find_word(&judging);
    }
    probe_policy_free(&policy);
    return good;
}

bool verdict_on_domain(struct index *index, const char *domain, const struct tally *tally, const struct verdict_rules *rules,
                       struct verdict *verdict)
{
    const struct index_verdict *found;
    bool good = true;

    *verdict = (struct verdict) { .word = VERDICT_NO_REPORTS,
                                  .tally = tally != NULL && tally->reporter_count > 0 ? tally : NULL,
                                  .unsigned_reports = tally != NULL ? tally->unsigned_reports : 0 };
    if (!index_find_named(index, domain, domain, &found))
        return false;
    if (found != NULL && found->found == INDEX_POLICY) {
        good = judge(verdict, rules, found->bytes, found->len);
    } else {
        verdict->word = VERDICT_UNKNOWN;
        buf_print(&verdict->mistake, "%s", found != NULL ? found->bytes : "policies.ini does not name it");
        good = !verdict->mistake.failed;
    }
    verdict_drop(found);
    return good;
}

void verdict_free(struct verdict *verdict)
{
    buf_free(&verdict->mistake);
}

int verdict_status(enum verdict_word word)
{
    static const int statuses[VERDICTS] = {
        [VERDICT_WAIT] = 1, [VERDICT_NOT_YET] = 2, [VERDICT_FAILING] = 2, [VERDICT_UNKNOWN] = 3, [VERDICT_NO_REPORTS] = 3
    };

    return statuses[word];
}
