#include "probe/ask/dns_setup.h"

#include "base/clock.h"
#include "base/memory.h"
#include "probe/ask/dns_servers.h"
#include "probe/ask/lack.h"

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unbound.h>

/* The key of the DNS root, as packages have it. */
#ifndef ROOT_KEY
#define ROOT_KEY "/usr/share/dns/root.key"
#endif

static const char *const root_keys[] = { ROOT_KEY, "/var/lib/unbound/root.key" };

/* In milliseconds, for all resolvers of the process: see add_server(). */
#define PATIENCE "1000"

enum { ROOT_KEYS = sizeof root_keys / sizeof root_keys[0], LINE_SIZE = 1024, END_MS = 5000 /* how long its end may take */ };

/* The cache stays small, however many domains there are. */
static const struct {
    const char *name, *value;
} settings[] = {
    { "msg-cache-size:", "1m" },         { "rrset-cache-size:", "2m" },       { "key-cache-size:", "1m" },
    { "neg-cache-size:", "100k" },       { "infra-cache-numhosts:", "2000" }, { "cache-max-negative-ttl:", "60" },
    { "do-not-query-localhost:", "no" },
};

/* Names that libunbound would answer by itself. Somebody may use them within a network of his own. */
static const char *const own_zones[] = { "test.", "invalid.", "onion.", "home.arpa." };

static bool fail(char *why, size_t size, const char *what, const char *is)
{
    (void)snprintf(why, size, "%s%s%s", what, is[0] != '\0' ? ": " : "", is);
    return false;
}

static bool set_options(struct ub_ctx *context, unsigned sockets)
{
    char number[16];
    bool good = ub_ctx_debugout(context, NULL) == 0 && ub_ctx_async(context, 1) == 0;

    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++)
        good &= ub_ctx_set_option(context, settings[i].name, settings[i].value) == 0;
    (void)snprintf(number, sizeof number, "%u", sockets);
    return good && ub_ctx_set_option(context, "outgoing-range:", number) == 0;
}

/* --- name servers --- */

/*
 * What SERVER has to look up takes longer than what it has at hand, and libunbound goes by the latter: it would ask again after
 * 50 ms, and after five times call the server failed. More patience would leave no time for a third server, if two are dead:
 * libunbound 1.17 asks each of them twice.
 */
static bool add_server(struct ub_ctx *context, const char *server)
{
    return ub_ctx_set_option(context, "infra-cache-min-rtt:", PATIENCE) == 0 && ub_ctx_set_fwd(context, server) == 0;
}

static bool take_list(struct ub_ctx *context, const char *list, char *why, size_t size)
{
    char server[PROBE_DNS_SERVER_SIZE];
    const char *at = list;

    if (strcmp(list, PROBE_DNS_ROOT) == 0)
        return true;
    do {
        if (!probe_dns_servers_next(&at, server) || !add_server(context, server))
            return fail(why, size, list,
                        "is not a list of name servers; write addresses: 192.0.2.53,[2001:db8::53]:5353, or --dns root");
    } while (*at != '\0');
    return true;
}

/* Without a server there, it is asked as a resolver asks: from the root servers on. */
static bool take_system(struct ub_ctx *context, char *why, size_t size)
{
    char line[LINE_SIZE], server[PROBE_DNS_SERVER_SIZE];
    FILE *in = fopen("/etc/resolv.conf", "re");
    bool good = true;

    if (in == NULL)
        return errno == ENOENT || fail(why, size, "/etc/resolv.conf", strerror(errno));
    while (good && fgets(line, sizeof line, in) != NULL)
        good = !probe_dns_servers_line(line, server) || add_server(context, server);
    (void)fclose(in);
    return good || fail(why, size, PROBE_LACK_MEMORY, "");
}

/* --- trust anchors --- */

/* Reads the name of the first DNSKEY or DS record. False where there is none. */
static bool read_name(FILE *in, char name[PROBE_DNS_ANCHOR_SIZE])
{
    char line[LINE_SIZE];

    while (fgets(line, sizeof line, in) != NULL) {
        size_t len = strcspn(line, " \t\r\n;$");
        if (len == 0 || (strstr(line + len, "DNSKEY") == NULL && strstr(line + len, "DS") == NULL))
            continue;
        (void)snprintf(name, PROBE_DNS_ANCHOR_SIZE, "%.*s", (int)len, line);
        return true;
    }
    return false;
}

/* Takes the anchors of FILE. WHY is left alone where there is no such file. */
static bool take_anchors(struct probe_dns_setup *setup, const char *file, char *why, size_t size)
{
    FILE *in = fopen(file, "re");

    if (in == NULL && errno == ENOENT)
        return false;
    if (in == NULL)
        return fail(why, size, file, strerror(errno));
    bool good = read_name(in, setup->anchor);
    (void)fclose(in);
    if (!good)
        return fail(why, size, file, "there is no trust anchor in it; write DNSKEY or DS records there, as in a zone file");
    return ub_ctx_add_ta_file(setup->context, file) == 0 || fail(why, size, PROBE_LACK_MEMORY, "");
}

static bool take_root_key(struct probe_dns_setup *setup, char *why, size_t size)
{
    for (size_t i = 0; i < ROOT_KEYS; i++)
        if (take_anchors(setup, root_keys[i], why, size) || why[0] != '\0')
            break;
    return why[0] == '\0';
}

static bool take_validation(const struct probe_dns_options *options, struct probe_dns_setup *setup, char *why, size_t size)
{
    if (options->anchors == NULL)
        return take_root_key(setup, why, size);
    if (take_anchors(setup, options->anchors, why, size))
        return true;
    return why[0] != '\0' ? false : fail(why, size, options->anchors, strerror(ENOENT));
}

/* Reads the anchors, too. Nothing that is set up can be changed after that. */
static bool finalise(struct ub_ctx *context, const struct probe_dns_options *options, char *why, size_t size)
{
    bool good = true;

    for (size_t i = 0; i < sizeof own_zones / sizeof own_zones[0] && good; i++)
        good = ub_ctx_zone_remove(context, own_zones[i]) == 0;
    if (good)
        return true;
    return fail(
        why, size, options->anchors != NULL ? options->anchors : "the resolver cannot be set up",
        options->anchors != NULL
            ? "there is no valid trust anchor in it, or memory ran out; write DNSKEY or DS records there, as in a zone file"
            : "the root key is not valid, or memory or open files ran out; install dns-root-data anew, or raise ulimit -n");
}

bool probe_dns_setup(const struct probe_dns_options *options, struct probe_dns_setup *setup, char *why, size_t size)
{
    why[0] = '\0';
    *setup = (struct probe_dns_setup) { 0 };
    /* libunbound crashes where memory runs out while it is set up. */
    if (!memory_is_left())
        return fail(why, size, "no resolver could be started: out of memory; write a lower -j", "");
    setup->context = ub_ctx_create();
    if (setup->context == NULL)
        return fail(why, size, "no resolver could be started", strerror(errno));
    bool good = set_options(setup->context, options->sockets) ||
                fail(why, size, "no resolver could be started: out of memory; write a lower -j", "");
    if (good && options->servers != NULL)
        good = take_list(setup->context, options->servers, why, size);
    else if (good)
        good = take_system(setup->context, why, size);
    good = good && (options->is_primary || take_validation(options, setup, why, size)) &&
           finalise(setup->context, options, why, size);
    if (good)
        return true;
    ub_ctx_delete(setup->context);
    setup->context = NULL;
    return false;
}

/* --- the end --- */

/* Of libunbound's context, in a thread of its own. */
struct ending {
    struct ub_ctx *context;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool has_come;
};

static void *end_context(void *data)
{
    struct ending *ending = data;

    ub_ctx_delete(ending->context);
    (void)pthread_mutex_lock(&ending->lock);
    ending->has_come = true;
    (void)pthread_cond_broadcast(&ending->changed);
    (void)pthread_mutex_unlock(&ending->lock);
    return NULL;
}

static bool wait_for_end(struct ending *ending)
{
    int64_t until = clock_ms() + END_MS;

    (void)pthread_mutex_lock(&ending->lock);
    while (!ending->has_come && clock_wait(&ending->changed, &ending->lock, until))
        continue;
    bool has_come = ending->has_come;
    (void)pthread_mutex_unlock(&ending->lock);
    return has_come;
}

/* ub_ctx_delete() waits for libunbound's thread, which cannot end where it has no memory left. Then it stays: so does ENDING. */
static void delete_context(struct ub_ctx *context)
{
    struct ending *ending = calloc(1, sizeof *ending);

    if (ending == NULL)
        return;
    ending->context = context;
    if (pthread_mutex_init(&ending->lock, NULL) != 0 || !clock_condition(&ending->changed) ||
        pthread_create(&ending->thread, NULL, end_context, ending) != 0) {
        free(ending);
        return;
    }
    if (!wait_for_end(ending)) {
        (void)pthread_detach(ending->thread);
        return;
    }
    (void)pthread_join(ending->thread, NULL);
    (void)pthread_cond_destroy(&ending->changed);
    (void)pthread_mutex_destroy(&ending->lock);
    free(ending);
}

void probe_dns_setup_end(const struct probe_dns_setup *setup)
{
    if (setup->context != NULL)
        delete_context(setup->context);
}
