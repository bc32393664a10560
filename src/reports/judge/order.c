#include "reports/judge/order.h"

#include "reports/judge/tally.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* A reporter beside what it is sorted by. */
struct place {
    struct tally_reporter reporter;
    const char *name;
    uint32_t before; /* its number before */
};

/* The greater one first. */
static int greater(uint64_t x, uint64_t y)
{
    return (x < y) - (x > y);
}

static int by_reporter(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    int order = greater(x->reporter.sessions, y->reporter.sessions);

    return order != 0 ? order : strcmp(x->name, y->name);
}

static int by_sessions(const void *a, const void *b)
{
    const struct tally_by *x = a, *y = b;
    int order = greater(x->sessions, y->sessions);

    return order != 0 ? order : greater(y->reporter, x->reporter);
}

static int by_failure(const void *a, const void *b)
{
    const struct tally_failure *x = a, *y = b;
    int order = (x->kind > y->kind) - (x->kind < y->kind);

    if (order == 0)
        order = strcmp(x->mx, y->mx);
    if (order == 0)
        order = strcmp(x->result, y->result);
    return order != 0 ? order : x->unmatched - y->unmatched;
}

static int by_policy(const void *a, const void *b)
{
    const struct tally_policy *x = a, *y = b;

    return x->last != y->last ? (x->last > y->last ? -1 : 1) : strcmp(x->meaning, y->meaning);
}

/* Sorts the reporters of DOMAIN. NUMBERS gets the new number of each. */
static void sort_reporters(struct tally *domain, char *const *names, uint32_t *numbers)
{
    struct place places[TALLY_REPORTERS_MAX];
    const size_t count = domain->reporter_count;

    if (count == 0)
        return;
    for (uint32_t i = 0; i < count; i++) {
        const struct tally_reporter *reporter = &domain->reporters[i];
        places[i] = (struct place) { *reporter, reporter->name != TALLY_FURTHER ? names[reporter->name] : "", i };
    }
    qsort(places, count, sizeof *places, by_reporter);
    for (uint32_t i = 0; i < count; i++) {
        domain->reporters[i] = places[i].reporter;
        numbers[places[i].before] = i;
    }
}

/* Gives the reporters of FAILURE their new NUMBERS, and sorts them. */
static void sort_by(struct tally_failure *failure, const uint32_t *numbers)
{
    for (size_t i = 0; i < failure->by_count; i++)
        failure->by[i].reporter = numbers[failure->by[i].reporter];
    qsort(failure->by, failure->by_count, sizeof *failure->by, by_sessions);
}

void order_tally(struct tally *domain, char *const *names)
{
    uint32_t numbers[TALLY_REPORTERS_MAX];

    sort_reporters(domain, names, numbers);
    for (size_t i = 0; i < domain->failure_count; i++)
        sort_by(&domain->failures[i], numbers);
    if (domain->failure_count > 0)
        qsort(domain->failures, domain->failure_count, sizeof *domain->failures, by_failure);
    if (domain->policy_count > 0)
        qsort(domain->policies, domain->policy_count, sizeof *domain->policies, by_policy);
}
