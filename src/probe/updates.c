#include "probe/updates.h"

#include "base/buf.h"
#include "command/dns/format.h"
#include "policy/argument.h"
#include "policy/domain.h"
#include "probe/ask/dns.h"
#include "probe/ask/resolver.h"
#include "probe/check/error.h"
#include "probe/check/file.h"
#include "probe/judge/result.h"
#include "probe/names.h"
#include "probe/options.h"
#include "probe/run.h"
#include "probe/update/domain.h"
#include "probe/update/print.h"

#include <stddef.h>
#include <string.h>
#include <unistd.h>

struct updates {
    struct update_settings settings;
    struct update_print print;
    struct buf lost; /* why the file may have more domains than it names; empty: it has not */
};

/* --- the run's way --- */

static void *look(void *data, struct probe_dns *dns, const char *domain, int *status)
{
    const struct updates *updates = data;
    struct update *update = update_domain(&updates->settings, dns, domain);

    if (update == NULL)
        *status = PROBE_STATUS_UNKNOWN;
    else if (update->obstacles.len > 0)
        *status = PROBE_STATUS_CRITICAL;
    else
        *status = update_changes(update) ? PROBE_STATUS_WARNING : PROBE_STATUS_OK;
    return update;
}

static void print(void *data, void *looked, struct buf *out, struct buf *errors)
{
    struct updates *updates = data;
    struct update *update = looked;
    const char *at = update->obstacles.text;

    update_print(&updates->print, update, out);
    for (const char *end; at != NULL && (end = strchr(at, '\n')) != NULL; at = end + 1)
        buf_print(errors, "mta-sts-probe: %s: %.*s\n", update->domain, (int)(end - at), at);
    update_free(update);
}

static void end(void *data, bool is_lost, struct buf *out, struct buf *errors)
{
    struct updates *updates = data;

    if (updates->lost.len > 0) {
        buf_print(errors, "mta-sts-probe: %s\n", updates->lost.text);
        updates->print.is_unknown = true;
    }
    update_print_end(&updates->print, is_lost, out, errors);
}

/* --- options --- */

static bool read_format(const char *text, const struct dns_format **format)
{
    struct buf names = { 0 };

    *format = dns_format_find(text);
    if (*format != NULL)
        return true;
    dns_format_names(&names);
    (void)probe_error("--update: write one of %s", names.text != NULL ? names.text : "");
    buf_free(&names);
    return false;
}

/* --- all of it --- */

static int run(const struct probe_settings *settings, struct updates *updates, const char *const *domains)
{
    const struct probe_run_way way = { look, print, end, updates };
    const struct probe_run run = {
        .context = &settings->context,
        .file = updates->settings.file,
        .domains = domains,
        .count = settings->count,
        .jobs = settings->jobs,
        .others = updates->settings.primary != NULL ? updates->settings.primary->sockets + PROBE_DNS_DESCRIPTORS : 0,
        .bar = settings->count != 1 && !settings->quiet && isatty(STDERR_FILENO),
        .way = &way,
    };

    /* Of all domains: there may be others. */
    bool whole = settings->count > 0 || probe_file_is_whole(updates->settings.file, &updates->lost);
    int status = probe_run(&run);
    buf_free(&updates->lost);
    return whole || status == PROBE_STATUS_UNKNOWN ? status : PROBE_STATUS_CRITICAL;
}

/* The name server for the records is one that has them: it hands out no proof of what is above its zones. */
static int run_with_primary(const struct probe_settings *settings, struct updates *updates, const char *const *domains)
{
    struct probe_dns_options primary = settings->context.dns;
    char why[256];

    primary.servers = settings->primary;
    primary.is_primary = true;
    primary.resolver = probe_resolver_new(&primary, why, sizeof why);
    if (primary.resolver == NULL)
        return probe_error("%s", why);
    updates->settings.primary = &primary;
    int status = run(settings, updates, domains);
    probe_resolver_free(primary.resolver);
    return status;
}

int probe_updates_run(const struct probe_settings *settings, struct probe_file *file, const char *const *domains)
{
    struct updates updates = { .settings = { .context = &settings->context, .file = file, .replaces = settings->replaces } };
    char zone[DOMAIN_MAX + 1];

    if (!read_format(settings->subject, &updates.print.format))
        return PROBE_STATUS_UNKNOWN;
    if (settings->zone != NULL) {
        if (!probe_names_read(settings->zone, argument_host, zone))
            return PROBE_STATUS_UNKNOWN;
        updates.settings.zone = zone;
    }
    updates.print.server = settings->primary;
    return settings->primary != NULL ? run_with_primary(settings, &updates, domains) : run(settings, &updates, domains);
}
