#include "probe/check/mx_host.h"

#include "probe/judge/servers.h"

static void judge_address(const struct probe_context *context, const char *name, const struct probe_fetched *fetched, int64_t now,
                          struct probe_address *address)
{
    struct probe_findings own = { 0 };
    bool is_known = probe_judge_smtp(name, fetched, &address->findings);

    if (fetched->outcome == PROBE_FETCHED && fetched->chain != NULL)
        probe_cert_judge(context->trust, fetched->chain, name, now, context->warn_days, &own);
    probe_findings_add_of(name, &own, &address->findings);
    probe_findings_free(&own);
    address->state = probe_address_state(fetched, is_known, &address->findings);
}

static const char *why_unknown(const struct probe_host *shown, const struct probe_address *list)
{
    for (size_t i = 0; i < shown->smtp_count; i++)
        if (list[i].state == PROBE_ADDRESS_NOT_ASKED)
            return shown->smtp[i].why;
    return shown->smtp_count > 0 ? shown->smtp[0].why : "out of memory";
}

/* The certificates from a good address; else from the first that showed some. */
static const char *find_chain(const struct probe_host *shown, const struct probe_address *list)
{
    const char *chain = NULL;

    for (size_t i = 0; i < shown->smtp_count; i++) {
        if (shown->smtp[i].chain != NULL && list[i].state == PROBE_ADDRESS_GOOD)
            return shown->smtp[i].chain;
        if (chain == NULL)
            chain = shown->smtp[i].chain;
    }
    return chain;
}

static struct probe_mx_host judge_addresses(const struct probe_context *context, const char *name, const struct probe_host *shown,
                                            int64_t now, struct probe_findings *findings)
{
    struct probe_address list[PROBE_ADDRESSES_MAX] = { 0 };
    size_t count = shown->smtp_count;

    for (size_t i = 0; i < count; i++) {
        list[i].name = shown->addresses.addresses[i];
        judge_address(context, name, &shown->smtp[i], now, &list[i]);
    }
    bool works = probe_addresses_count(list, count, PROBE_ADDRESS_GOOD) > 0;
    for (size_t i = 0; i < count && works; i++)
        if (list[i].state == PROBE_ADDRESS_NO_ROUTE)
            probe_judge_smtp_no_route(name, &list[i].findings);
    struct probe_mx_host host = {
        .reach = probe_addresses_join(list, count, findings),
        .count = count,
        .good = probe_addresses_count(list, count, PROBE_ADDRESS_GOOD),
        .not_asked = probe_addresses_count(list, count, PROBE_ADDRESS_NOT_ASKED),
        .left_out = shown->addresses.count - count,
        .chain = find_chain(shown, list),
        .why = why_unknown(shown, list),
    };
    probe_addresses_free(list, count);
    if (shown->addresses.is_partial) {
        host.not_asked++;
        host.why = shown->addresses.why;
    }
    return host;
}

struct probe_mx_host probe_mx_host_judge(const struct probe_context *context, const char *name, bool is_implicit,
                                         const struct probe_host *shown, int64_t now, struct probe_findings *findings)
{
    if (shown == NULL)
        return (struct probe_mx_host) { .reach = PROBE_REACH_UNKNOWN, .why = "there was no time left to ask" };
    if (shown->addresses.state == PROBE_DNS_AGAIN)
        return (struct probe_mx_host) { .reach = PROBE_REACH_UNKNOWN, .why = shown->addresses.why };
    if (shown->addresses.state == PROBE_DNS_FOUND)
        return judge_addresses(context, name, shown, now, findings);
    probe_judge_mx_no_address(name, is_implicit, &shown->addresses, findings);
    return (struct probe_mx_host) { .reach = PROBE_REACH_NONE, .is_gone = true };
}
