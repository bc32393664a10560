#include "probe/update/domain.h"

#include "base/buf.h"
#include "command/dns/record.h"
#include "policy/domain.h"
#include "policy/place.h"
#include "probe/ask/dns.h"
#include "probe/check/domain.h"
#include "probe/check/file.h"
#include "probe/judge/result.h"
#include "probe/update/beside.h"
#include "probe/update/obstacle.h"
#include "probe/update/plan.h"
#include "probe/update/published.h"
#include "probe/update/where.h"
#include "probe/update/wildcard.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- names --- */

static const char *name_of(const struct dns_list *list, enum place place)
{
    return place == PLACE_HOST ? list->host_name : place == PLACE_ID ? list->id_name : list->tlsrpt_name;
}

/* Sets the records that are wanted at NAME: they are in a row. */
static void want(const struct dns_list *list, struct update_name *name)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct dns_record *record = &list->records[i];
        if (record->type == NULL || strcmp(record->name, name->name) != 0)
            continue;
        if (name->wanted_count++ == 0)
            name->wanted = record;
    }
}

/* Sets what is wanted and what is published at each name. MISTAKE: the domain has no policy because of one. */
static void set_names(struct update *update, bool mistake)
{
    for (size_t i = 0; i < PLACES; i++) {
        struct update_name *name = &update->names[i];
        const struct update_published *seen = &update->seen[i];
        enum place place = (enum place)i;
        *name = (struct update_name) {
            .place = place, .domain = update->domain, .name = name_of(&update->list, place), .unknown = seen->unknown
        };
        name->is_mistaken = place == PLACE_ID ? mistake : update->list.values.mistake != NULL;
        name->seen = seen->records;
        name->seen_count = seen->count;
        name->beside = place == PLACE_HOST ? update->beside : NULL;
        want(&update->list, name);
    }
}

/* Asks for what is published at all names. */
static void ask(struct update *update, struct probe_dns *dns)
{
    static const enum place places[PLACES] = { PLACE_HOST, PLACE_ID, PLACE_TLSRPT };
    const char *names[PLACES];

    for (size_t i = 0; i < PLACES; i++)
        names[i] = name_of(&update->list, places[i]);
    update_published_ask(dns, names, places, PLACES, update->seen);
}

/* --- the plan --- */

static bool plan(struct update *update, bool is_safe)
{
    const struct update_terms terms = { update->replaces, update->list.leaving, is_safe };

    return update_plan(update->names, &terms, update->steps);
}

/* MISTAKE as in set_names(). */
static bool plan_names(struct update *update, bool mistake)
{
    set_names(update, mistake);
    return plan(update, false);
}

/* Records that a wildcard makes up are not at the name, and nobody's there. True if there were any. */
static bool drop_wildcards(struct update *update, struct probe_dns *dns)
{
    bool dropped = false;

    for (size_t i = 0; i < PLACES; i++) {
        struct update_published *seen = &update->seen[i];
        if (update->steps[i] == UPDATE_NOTHING || !update_wildcard_is(dns, update->names[i].name, (enum place)i, seen))
            continue;
        update_published_free(seen);
        dropped = true;
    }
    return dropped;
}

/* Looks for what stands in the way of a CNAME. True if there is something. */
static bool find_beside(struct update *update, struct probe_dns *dns)
{
    const struct update_name *host = &update->names[PLACE_HOST];

    if (update->steps[PLACE_HOST] == UPDATE_CHANGE && update_adds_cname(host))
        update->beside = update_beside_find(dns, host->name);
    return update->beside != NULL;
}

/* The name server of --primary has nothing to say of this name. */
static bool is_unanswered(const struct update *update, const struct update_settings *settings, size_t i)
{
    return settings->primary != NULL && update->steps[i] == UPDATE_UNKNOWN && update->seen[i].is_unanswered;
}

/* RECORDS asks for the records, and DNS for all else. */
static void find_zones(struct update *update, const struct update_settings *settings, struct probe_dns *dns,
                       struct probe_dns *records)
{
    for (size_t i = 0; i < PLACES; i++)
        if (update->steps[i] == UPDATE_CHANGE || is_unanswered(update, settings, i))
            update_published_zone(update->steps[i] == UPDATE_CHANGE ? records : dns, update->names[i].name, update->zones[i]);
}

/* The policy is served where the records of the host lead: they have to be there still when the id changes. */
static bool must_hold_host(const struct update *update, struct probe_dns *records)
{
    const struct update_name *host = &update->names[PLACE_HOST];
    char zone[DOMAIN_MAX + 1];

    if (update->steps[PLACE_ID] != UPDATE_CHANGE || host->unknown != NULL || host->seen_count == 0)
        return false;
    update_published_zone(records, host->name, zone);
    return zone[0] != '\0' && strcmp(zone, update->zones[PLACE_ID]) == 0 &&
           !update_wildcard_is(records, host->name, PLACE_HOST, &update->seen[PLACE_HOST]);
}

/* Does the resolver of the probe know the records of the policy host that the primary name server has now? Those that it has from
 * before lead to other addresses, and nothing is known of the new ones. Of a name that is in another server's zone the primary
 * knows nothing newer. SEEN, which the caller frees, is what the resolver knows. */
static bool has_new_host(const struct update *update, struct probe_dns *dns, struct update_published *seen)
{
    const enum place place = PLACE_HOST;
    const struct update_published *newest = &update->seen[PLACE_HOST];

    if (newest->is_elsewhere)
        return true;
    update_published_ask(dns, &update->names[PLACE_HOST].name, &place, 1, seen);
    return update_published_same(newest, seen) && update_published_leads_same(newest, seen);
}

/* The id would change: whether it may is what the probe finds. */
static bool plan_id(struct update *update, const struct update_settings *settings, struct probe_dns *dns,
                    const struct probe_expected *expected)
{
    const struct update_name *host = &update->names[PLACE_HOST];
    struct update_published seen = { 0 };
    struct probe_result result;

    if (update->steps[PLACE_ID] != UPDATE_UNSAFE)
        return true;
    /* Before the probe: old records that expire while it runs would be the ones that it went by. */
    bool is_new = settings->primary == NULL || has_new_host(update, dns, &seen);
    probe_domain(settings->context, dns, update->domain, expected, &result);
    bool good = plan(update, result.is_safe && is_new);
    if (!result.is_safe)
        update_obstacle_unsafe(&result, &update->obstacles);
    else if (!is_new)
        update_obstacle_old(host, host->unknown != NULL ? host->unknown : seen.unknown, &update->obstacles);
    probe_result_free(&result);
    update_published_free(&seen);
    return good;
}

/* Once for the names of a zone that is known. */
static void add_unanswered(struct update *update, const struct update_settings *settings, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (update->zones[i][0] != '\0' && is_unanswered(update, settings, k) && strcmp(update->zones[k], update->zones[i]) == 0)
            return;
    update_obstacle_primary(&update->names[i], settings->primary->servers, update->zones[i], &update->obstacles);
}

/* MISTAKE: why the domain has no policy; NULL: it has. */
static bool add_obstacles(struct update *update, const struct update_settings *settings, struct probe_dns *dns,
                          const char *mistake)
{
    /* A mistake in a section is reported once. */
    const char *const mistakes[PLACES] = {
        [PLACE_HOST] = mistake == NULL ? update->list.values.mistake : NULL, [PLACE_ID] = mistake
    };

    for (size_t i = 0; i < PLACES; i++) {
        if (is_unanswered(update, settings, i))
            add_unanswered(update, settings, i);
        else
            update_obstacle_name(&update->names[i], update->steps[i], mistakes[i], &update->obstacles);
    }
    return update->zone == NULL ||
           update_where_owner(dns, update->names, update->own, update->list.leaving, update->zone, &update->obstacles);
}

/* RECORDS asks for the records, and DNS for all else. */
static bool compare(struct update *update, const struct update_settings *settings, const struct probe_expected *expected,
                    struct probe_dns *dns, struct probe_dns *records)
{
    bool mistake = expected->mistake != NULL;

    ask(update, records);
    bool good = plan_names(update, mistake);
    if (good && drop_wildcards(update, records))
        good = plan_names(update, mistake);
    if (good && find_beside(update, records))
        good = plan_names(update, mistake);
    if (!good || !plan_id(update, settings, dns, expected))
        return false;
    find_zones(update, settings, dns, records);
    update->holds_host = must_hold_host(update, records);
    return add_obstacles(update, settings, dns, expected->mistake);
}

/* With --delegate: finds where the records are. False where they cannot be there, and says so. */
static bool find_zone(struct update *update, const struct update_settings *settings, struct probe_dns *dns,
                      struct probe_dns *primary)
{
    if (settings->zone == NULL)
        return true;
    update->zone = update_where(dns, primary, update->domain, settings->zone, update->own);
    if (update->zone == NULL || probe_file_delegates(settings->file, update->domain, update->zone, &update->obstacles))
        return true;
    buf_print(&update->obstacles, "\n");
    return false;
}

/* PRIMARY: NULL, or it asks the server of --primary. */
static bool make(struct update *update, const struct update_settings *settings, struct probe_dns *dns, struct probe_dns *primary)
{
    struct probe_expected expected;
    struct buf mistake = { 0 };

    if (!find_zone(update, settings, dns, primary))
        return !update->obstacles.failed;
    bool good = probe_file_find(settings->file, update->domain, &expected, &mistake) &&
                probe_file_records(settings->file, update->domain, update->zone, &update->list);

    if (good && update->list.domain == NULL)
        buf_print(&update->obstacles, "%s\n", expected.mistake);
    else
        good = good && compare(update, settings, &expected, dns, primary != NULL ? primary : dns);
    buf_free(&mistake);
    return good && !update->obstacles.failed;
}

struct update *update_domain(const struct update_settings *settings, struct probe_dns *dns, const char *domain)
{
    struct update *update = calloc(1, sizeof *update);
    struct probe_dns *primary = settings->primary != NULL ? probe_dns_new(settings->primary) : NULL;
    bool good = update != NULL && (settings->primary == NULL || primary != NULL);

    if (good) {
        (void)snprintf(update->domain, sizeof update->domain, "%s", domain);
        update->replaces = settings->replaces;
        good = make(update, settings, dns, primary);
    }
    probe_dns_free(primary);
    if (good)
        return update;
    update_free(update);
    return NULL;
}

bool update_changes(const struct update *update)
{
    for (size_t i = 0; i < PLACES; i++)
        if (update->steps[i] == UPDATE_CHANGE)
            return true;
    return false;
}

bool update_is_known(const struct update *update)
{
    if (update->list.domain == NULL)
        return false;
    for (size_t i = 0; i < PLACES; i++)
        if (update->steps[i] == UPDATE_UNKNOWN || (update->steps[i] == UPDATE_MISTAKE && update->names[i].unknown != NULL))
            return false;
    return true;
}

void update_free(struct update *update)
{
    if (update == NULL)
        return;
    for (size_t i = 0; i < PLACES; i++) {
        update_published_free(&update->seen[i]);
        update_published_free(&update->own[i]);
    }
    dns_list_free(&update->list);
    buf_free(&update->obstacles);
    free(update);
}
