#include "reports/judge/tally.h"

#include "base/list.h"
#include "reports/judge/gather.h"
#include "reports/judge/kind.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One report. */
struct adding {
    struct tally *domain;
    uint32_t reporter; /* its number in the domain's list */
    int64_t end, day;
};

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* --- days --- */

/* Makes room for an element at AT. */
static bool insert_day(struct tally *domain, size_t at)
{
    struct tally_day *days = list_grow(domain->days, domain->day_count, 1, &domain->day_room, sizeof *days);

    if (days == NULL)
        return false;
    (void)memmove(days + at + 1, days + at, (domain->day_count - at) * sizeof *days);
    domain->days = days;
    domain->day_count++;
    return true;
}

static bool add_day(const struct adding *adding, const struct gather *gather)
{
    struct tally *domain = adding->domain;
    size_t at = domain->day_count;

    while (at > 0 && domain->days[at - 1].day > adding->day)
        at--;
    if (at == 0 || domain->days[at - 1].day != adding->day) {
        if (!insert_day(domain, at))
            return false;
        domain->days[at++] = (struct tally_day) { .day = adding->day };
    }
    domain->days[at - 1].sessions += gather->sessions;
    domain->days[at - 1].failed += gather->failed;
    domain->days[at - 1].sts |= gather->sts;
    return true;
}

/* --- policies --- */

/* The policy of DOMAIN that has MEANING; NULL: the list is full, or memory ran out, and *GOOD is false. */
static struct tally_policy *take_policy(struct tally *domain, const char *meaning, bool *good)
{
    for (size_t i = 0; i < domain->policy_count; i++)
        if (strcmp(domain->policies[i].meaning, meaning) == 0)
            return &domain->policies[i];
    if (domain->policy_count == TALLY_POLICIES_MAX)
        return NULL;
    struct tally_policy *list = list_grow(domain->policies, domain->policy_count, 1, &domain->policy_room, sizeof *list);
    if (list != NULL)
        domain->policies = list;
    char *copy = strdup(meaning);
    *good = list != NULL && copy != NULL;
    if (!*good) {
        free(copy);
        return NULL;
    }
    list[domain->policy_count] = (struct tally_policy) { .meaning = copy };
    return &list[domain->policy_count++];
}

static bool add_policy(const struct adding *adding, const struct gather_policy *from)
{
    struct tally_reporter *reporter = &adding->domain->reporters[adding->reporter];
    const char *in_force = adding->domain->in_force;
    int64_t until = adding->end + from->max_age;
    bool good = true;

    if (in_force != NULL && strcmp(in_force, from->meaning.text) == 0) {
        reporter->in_force = later(reporter->in_force, adding->end);
        return true;
    }
    reporter->older = later(reporter->older, adding->end);
    reporter->older_until = later(reporter->older_until, until);
    struct tally_policy *policy = take_policy(adding->domain, from->meaning.text, &good);
    if (policy != NULL) {
        policy->last = later(policy->last, adding->end);
        policy->until = later(policy->until, until);
    }
    return good;
}

/* --- failures --- */

static bool is_same(const struct tally_failure *failure, const struct gather_failure *from)
{
    return failure->kind == from->kind && failure->unmatched == from->unmatched && strcmp(failure->mx, from->mx) == 0 &&
           strncmp(failure->result, from->result, GATHER_RESULT_MAX) == 0;
}

static struct tally_failure *new_failure(struct tally *domain, const struct gather_failure *from)
{
    struct tally_failure *list = list_grow(domain->failures, domain->failure_count, 1, &domain->failure_room, sizeof *list);
    struct tally_failure failure = { .kind = from->kind, .unmatched = from->unmatched };

    if (list == NULL)
        return NULL;
    domain->failures = list;
    failure.mx = strdup(from->mx);
    failure.result = strndup(from->result, GATHER_RESULT_MAX);
    if (failure.mx == NULL || failure.result == NULL) {
        free(failure.mx);
        free(failure.result);
        return NULL;
    }
    list[domain->failure_count] = failure;
    return &list[domain->failure_count++];
}

/* The failure of DOMAIN that is like FROM; NULL if memory runs out. The last one of a full list stands for all further ones. */
static struct tally_failure *take_failure(struct tally *domain, const struct gather_failure *from)
{
    static const struct gather_failure further = { .kind = KIND_UNEXPLAINED, .result = "" };

    for (size_t i = 0; i < domain->failure_count; i++)
        if (is_same(&domain->failures[i], from) || i == TALLY_FAILURES_MAX - 1)
            return &domain->failures[i];
    return new_failure(domain, domain->failure_count == TALLY_FAILURES_MAX - 1 ? &further : from);
}

/* What the reporter says of FAILURE; NULL if memory runs out. */
static struct tally_by *take_by(struct tally_failure *failure, const struct adding *adding)
{
    for (size_t i = 0; i < failure->by_count; i++)
        if (failure->by[i].reporter == adding->reporter)
            return &failure->by[i];
    struct tally_by *list = list_grow(failure->by, failure->by_count, 1, &failure->by_room, sizeof *list);
    if (list == NULL)
        return NULL;
    failure->by = list;
    list[failure->by_count] = (struct tally_by) { .reporter = adding->reporter };
    return &list[failure->by_count++];
}

static bool add_failure(const struct adding *adding, const struct gather_failure *from)
{
    struct tally_failure *failure = take_failure(adding->domain, from);
    struct tally_by *by = failure != NULL ? take_by(failure, adding) : NULL;
    char sender[TALLY_SENDER_SIZE];

    if (by == NULL)
        return false;
    (void)snprintf(sender, sizeof sender, "%.*s", TALLY_SENDER_SIZE - 1, from->sender);
    by->several |= adding->domain->reporters[adding->reporter].name == TALLY_FURTHER;
    by->several |= from->several || (by->sender[0] != '\0' && sender[0] != '\0' && strcmp(by->sender, sender) != 0);
    if (by->sender[0] == '\0')
        (void)memcpy(by->sender, sender, sizeof sender);
    by->sessions += from->sessions;
    by->last = later(by->last, adding->end);
    return true;
}

/* --- the whole report --- */

/* Sets *NUMBER to that of the reporter NAME. False: DOMAIN does not have it. */
static bool find_reporter(const struct tally *domain, uint32_t name, uint32_t *number)
{
    for (*number = 0; *number < domain->reporter_count; ++*number)
        if (domain->reporters[*number].name == name)
            return true;
    return false;
}

static bool take_reporter(struct tally *domain, uint32_t name, uint32_t *number)
{
    if (find_reporter(domain, name, number))
        return true;
    if (domain->reporter_count >= TALLY_REPORTERS_MAX - 1)
        name = TALLY_FURTHER;
    if (find_reporter(domain, name, number))
        return true;
    struct tally_reporter *list = list_grow(domain->reporters, *number, 1, &domain->reporter_room, sizeof *list);
    if (list == NULL)
        return false;
    domain->reporters = list;
    list[domain->reporter_count++] = (struct tally_reporter) { .name = name };
    return true;
}

static void add_sessions(const struct adding *adding, const struct gather *gather)
{
    struct tally_reporter *reporter = &adding->domain->reporters[adding->reporter];

    adding->domain->reports++;
    adding->domain->further += reporter->name == TALLY_FURTHER;
    adding->domain->sessions += gather->sessions;
    adding->domain->failed += gather->failed;
    reporter->sessions += gather->sessions;
    reporter->failed += gather->failed;
    reporter->last = later(reporter->last, adding->end);
    reporter->sts |= gather->sts;
    reporter->tlsa |= gather->tlsa;
    if (gather->no_policy)
        reporter->no_policy = later(reporter->no_policy, adding->end);
}

bool tally_add(struct tally *domain, uint32_t name, const struct gather *gather, int64_t end, int64_t day)
{
    struct adding adding = { .domain = domain, .end = end, .day = day };

    if (!take_reporter(domain, name, &adding.reporter))
        return false;
    add_sessions(&adding, gather);
    bool good = add_day(&adding, gather);
    for (size_t i = 0; good && i < gather->policy_count; i++)
        good = add_policy(&adding, &gather->policies[i]);
    for (size_t i = 0; good && i < gather->failure_count; i++)
        good = add_failure(&adding, &gather->failures[i]);
    return good;
}

void tally_free(struct tally *domain)
{
    for (size_t i = 0; i < domain->failure_count; i++) {
        free(domain->failures[i].mx);
        free(domain->failures[i].result);
        free(domain->failures[i].by);
    }
    for (size_t i = 0; i < domain->policy_count; i++)
        free(domain->policies[i].meaning);
    free(domain->name);
    free(domain->in_force);
    free(domain->reporters);
    free(domain->days);
    free(domain->failures);
    free(domain->policies);
}
