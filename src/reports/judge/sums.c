#include "reports/judge/sums.h"

#include "base/list.h"
#include "config/index.h"
#include "config/verdict.h"
#include "policy/domain.h"
#include "reports/judge/applied.h"
#include "reports/judge/gather.h"
#include "reports/judge/keys.h"
#include "reports/judge/order.h"
#include "reports/judge/tally.h"
#include "reports/read/report.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DAY = 86400, KEY_SIZE = 32 };

/* --- names --- */

/* Adds the NAME of a further reporter. False if memory runs out. */
static bool add_name(struct sums *sums, const char *name, size_t len)
{
    char **names = list_grow((void *)sums->names, sums->name_count, 1, &sums->name_room, sizeof *names);

    if (names == NULL)
        return false;
    sums->names = names;
    names[sums->name_count] = strndup(name, len);
    return names[sums->name_count++] != NULL;
}

/* Of two spellings the first in the order of bytes is KEPT, whichever was read first. */
static void keep_name(char *kept, const char *name, size_t len)
{
    if (strlen(kept) == len && memcmp(name, kept, len) < 0)
        (void)memcpy(kept, name, len);
}

/*
 * Sets *NUMBER to that of the reporter NAME. Names without a difference but case and spaces around are the same. DOMAIN gets no
 * further name if it is full: a flood of names about one domain would else take those of the others.
 */
static bool take_name(struct sums *sums, const struct tally *domain, const char *name, uint32_t *number)
{
    char normal[DOMAIN_MAX + 1];
    const char *const texts[] = { normal };

    name += strspn(name, " \t\r\n");
    size_t len = strnlen(name, SUMS_NAME_MAX);
    while (len > 0 && strchr(" \t\r\n", name[len - 1]) != NULL)
        len--;
    domain_normal(name, len, normal);
    uint64_t key = keys_of(&sums->name_keys, texts, 1);
    if (!keys_take(&sums->name_keys, key, KEYS_NONE, number))
        return false;
    if (*number != KEYS_NONE)
        keep_name(sums->names[*number], name, len);
    if (*number != KEYS_NONE)
        return true;
    *number = TALLY_FURTHER;
    if (sums->name_count == SUMS_NAMES_MAX || domain->reporter_count >= TALLY_REPORTERS_MAX - 1)
        return true;
    uint32_t before;
    *number = (uint32_t)sums->name_count;
    return add_name(sums, name, len) && keys_take(&sums->name_keys, key, *number, &before);
}

const char *sums_name(const struct sums *sums, const struct tally_reporter *reporter)
{
    return reporter->name != TALLY_FURTHER ? sums->names[reporter->name] : "further reporters";
}

/* --- domains --- */

/* The meaning of the policy in force; NULL if there is none. False if memory runs out. */
static bool find_policy(struct index *index, const char *domain, char **meaning)
{
    const struct index_verdict *verdict;
    struct applied applied = { 0 };
    bool good = true;

    *meaning = NULL;
    if (!index_find_named(index, domain, domain, &verdict))
        return false;
    if (verdict != NULL && verdict->found == INDEX_POLICY) {
        good = applied_read(verdict->bytes, verdict->len, &applied);
        *meaning = good ? strdup(applied.meaning.text) : NULL;
        good = *meaning != NULL;
    }
    verdict_drop(verdict);
    applied_free(&applied);
    return good;
}

/* The sums of NAME, which the file names; NULL if memory runs out. */
static struct tally *take_domain(struct sums *sums, const char *name)
{
    const char *const texts[] = { name };
    uint64_t key = keys_of(&sums->domain_keys, texts, 1);
    uint32_t number;

    if (!keys_take(&sums->domain_keys, key, (uint32_t)sums->domain_count, &number))
        return NULL;
    if (number != KEYS_NONE)
        return &sums->domains[number];
    struct tally *list = list_grow(sums->domains, sums->domain_count, 1, &sums->domain_room, sizeof *list);
    if (list == NULL)
        return NULL;
    sums->domains = list;
    struct tally *domain = &list[sums->domain_count++];
    *domain = (struct tally) { .name = strdup(name) };
    return domain->name != NULL && find_policy(sums->index, name, &domain->in_force) ? domain : NULL;
}

const struct tally *sums_find(struct sums *sums, const char *name)
{
    const char *const texts[] = { name };
    uint32_t number;

    if (!keys_take(&sums->domain_keys, keys_of(&sums->domain_keys, texts, 1), KEYS_NONE, &number) || number == KEYS_NONE)
        return NULL;
    return &sums->domains[number];
}

/* When the last day of REPORT, as far as it is over, ends. Some write that as the beginning of the next day. */
static int64_t end_of(const struct sums *sums, const struct report *report)
{
    int64_t end = report->end - (report->end > report->begin && report->end % DAY == 0);

    return end < sums->now ? end : sums->now;
}

/* Adds what COUNT PARTS of REPORT say of their domain. */
static bool add_to_domain(struct sums *sums, const struct report *report, const struct gather_part *parts, size_t count)
{
    struct tally *domain = take_domain(sums, parts[0].domain);
    int64_t end = end_of(sums, report), middle = report->begin + (end - report->begin) / 2;
    struct gather gather = { 0 };
    uint32_t reporter;

    if (domain == NULL || !take_name(sums, domain, report->submitter, &reporter))
        return false;
    bool good = gather_domain(parts, count, &gather) &&
                tally_add(domain, reporter, &gather, end, (middle > sums->since ? middle : sums->since) / DAY);
    gather_free(&gather);
    return good;
}

/* Counts a report of the domain NAME that nobody signed. */
static bool add_unsigned(struct sums *sums, const char *name)
{
    struct tally *domain = take_domain(sums, name);

    if (domain != NULL)
        domain->unsigned_reports++;
    return domain != NULL;
}

/* --- reports --- */

/* Was REPORT, as far as it is about DOMAIN, added before? A report-id is one reporter's own, and that of one day. */
static bool take_report(struct sums *sums, const struct report *report, const char *domain, bool *before)
{
    char times[2 * KEY_SIZE];
    const char *const texts[] = { domain, report->submitter, report->id, times };
    uint32_t found;

    (void)snprintf(times, sizeof times, "%" PRId64 " %" PRId64, report->begin, report->end);
    bool good = keys_take(&sums->report_keys, keys_of(&sums->report_keys, texts, sizeof texts / sizeof texts[0]), 0, &found);
    *before = good && found != KEYS_NONE;
    return good;
}

/* Adds what COUNT PARTS of REPORT say of their domain, unless it was added *BEFORE, or is unsigned. */
static bool add_part(struct sums *sums, const struct report *report, const struct gather_part *parts, size_t count, bool *before)
{
    const char *name = parts[0].domain;

    *before = false;
    if (report->is_unsigned)
        return add_unsigned(sums, name);
    return take_report(sums, report, name, before) && (*before || add_to_domain(sums, report, parts, count));
}

/* Adds REPORT to all of its domains. PARTS: room for as many as it has blocks. */
static bool add_to_domains(struct sums *sums, const struct report *report, struct gather_part *parts)
{
    bool good = true, before, is_known = false, is_new = false;
    const size_t count = gather_parts(report, parts);

    for (size_t i = 0, same; good && i < count; i += same) {
        same = gather_same(parts + i, count - i);
        if (!index_names(sums->index, parts[i].domain))
            continue;
        is_known = true;
        good = add_part(sums, report, parts + i, same, &before);
        is_new |= !before;
    }
    sums->foreign += !is_known;
    sums->unsigned_reports += is_known && report->is_unsigned;
    sums->duplicates += is_known && !is_new;
    return good;
}

bool sums_add(struct sums *sums, const struct report *report)
{
    sums->reports++;
    if (report->end < sums->since || report->begin > sums->now) {
        sums->old += report->end < sums->since;
        sums->early += report->begin > sums->now;
        return true;
    }
    struct gather_part *parts = calloc(report->block_count + 1, sizeof *parts);
    bool good = parts != NULL && add_to_domains(sums, report, parts);
    free(parts);
    return good;
}

void sums_sort(struct sums *sums)
{
    for (size_t i = 0; i < sums->domain_count; i++)
        order_tally(&sums->domains[i], sums->names);
}

void sums_init(struct sums *sums, struct index *index, int64_t since, int64_t now, uint64_t seed)
{
    *sums = (struct sums) { .index = index, .since = since, .now = now };
    sums->domain_keys.seed = sums->name_keys.seed = sums->report_keys.seed = seed;
}

void sums_free(struct sums *sums)
{
    for (size_t i = 0; i < sums->domain_count; i++)
        tally_free(&sums->domains[i]);
    for (size_t i = 0; i < sums->name_count; i++)
        free(sums->names[i]);
    free(sums->domains);
    free((void *)sums->names);
    keys_free(&sums->domain_keys);
    keys_free(&sums->name_keys);
    keys_free(&sums->report_keys);
}
