#include "command/export/wrangler.h"

#include "base/buf.h"
#include "base/list.h"
#include "base/say.h"
#include "command/export/folder.h"
#include "command/export/job.h"
#include "command/export/worker.h"
#include "config/index.h"
#include "policy/domain.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Cloudflare's limits: the bytes of a module, the custom domains of a zone, and the zones of a Worker. */
enum { MODULE_MAX = 64 << 20, DOMAINS_MAX = 100, ZONES_MAX = 1000 };

static const char module_name[] = "worker.mjs", config_name[] = "wrangler.jsonc";

/* The lines between these two are replaced. */
static const char begin_mark[] = "// mta-sts routes begin", end_mark[] = "// mta-sts routes end";

/*
 * Without "no_bundle": with it, wrangler would also send every other module below the folder. Each wrangler 4.x knows this date;
 * nothing in the module depends on it.
 */
static const char config_head[] =
    "// The configuration of \"npx wrangler deploy\". \"mta-sts export --worker\" replaces what is between the two lines\n"
    "// \"mta-sts routes\"; all else is yours to edit.\n"
    "{\n"
    "    \"name\": \"mta-sts\",\n"
    "    \"main\": \"worker.mjs\",\n"
    "    \"compatibility_date\": \"2025-01-01\",\n"
    "    // mta-sts routes begin\n";
static const char config_tail[] = "    // mta-sts routes end\n"
                                  "    \"workers_dev\": false,\n"
                                  "    \"preview_urls\": false\n"
                                  "}\n";

/* A folder to write, and its wrangler.jsonc: HEAD, the routes, TAIL. */
struct wrangler {
    struct job *job;
    const char *path;
    int folder;
    struct buf before; /* the file as it is */
    const char *head, *tail;
    size_t head_len, tail_len;
};

/* Complains of the file NAME in the folder. The job is stopped. */
static void refuse(const struct wrangler *wrangler, const char *name, const char *what)
{
    struct buf why = { 0 };

    buf_print(&why, "%s/%s: %s", wrangler->path, name, what);
    job_fail_because(wrangler->job, &why, true);
}

static void refuse_for(const struct wrangler *wrangler, const char *name, const char *verb, int error)
{
    struct buf why = { 0 };

    buf_print(&why, "%s/%s", wrangler->path, name);
    if (!folder_print_obstacle(wrangler->folder, name, false, &why))
        buf_print(&why, ": cannot be %s: %s", verb, strerror(error));
    job_fail_because(wrangler->job, &why, true);
}

/* The line in TEXT that is MARK but for white space around it; NULL where there is none, or a second one. */
static const char *find_mark(const char *text, const char *mark)
{
    const char *found = NULL;

    for (const char *line = text; line != NULL && *line != '\0';) {
        const char *at = line + strspn(line, " \t");
        const char *end = at + strlen(mark);
        if (strncmp(at, mark, strlen(mark)) == 0 && end[strspn(end, " \t\r")] == '\n') {
            if (found != NULL)
                return NULL;
            found = line;
        }
        line = strchr(line, '\n');
        if (line != NULL)
            line++;
    }
    return found;
}

/* Finds what is kept of the file. False where the marks are missing. */
static bool find_routes(struct wrangler *wrangler)
{
    const char *text = wrangler->before.text;

    const char *begin = strlen(text) == wrangler->before.len ? find_mark(text, begin_mark) : NULL;
    const char *end = begin != NULL ? find_mark(text, end_mark) : NULL;
    if (end == NULL || end < begin)
        return false;
    wrangler->head = text;
    wrangler->head_len = (size_t)(strchr(begin, '\n') + 1 - text);
    wrangler->tail = end;
    wrangler->tail_len = strlen(end);
    return true;
}

/* Reads the file as it is. */
static void read_config(struct wrangler *wrangler)
{
    wrangler->head = config_head;
    wrangler->head_len = sizeof config_head - 1;
    wrangler->tail = config_tail;
    wrangler->tail_len = sizeof config_tail - 1;
    if (!folder_read(wrangler->folder, config_name, &wrangler->before))
        refuse_for(wrangler, config_name, "read", errno);
    else if (wrangler->before.failed)
        job_fail_for_memory(wrangler->job);
    else if (wrangler->before.len > 0 && !find_routes(wrangler))
        refuse(wrangler, config_name,
               "has not each of the lines \"// mta-sts routes begin\" and \"// mta-sts routes end\" once; write them where the "
               "routes belong, or export the module alone: --worker FILE.mjs");
}

/* wrangler reads wrangler.json in place of wrangler.jsonc, and ignores a wrangler.toml beside it. A module may be somebody's own.
 */
static void refuse_others(const struct wrangler *wrangler)
{
    static const char *const others[] = { "wrangler.json", "wrangler.toml" };
    struct stat st;

    for (size_t i = 0; i < sizeof others / sizeof *others && !wrangler->job->stopped; i++)
        if (fstatat(wrangler->folder, others[i], &st, AT_SYMLINK_NOFOLLOW) == 0)
            refuse(wrangler, others[i],
                   "wrangler reads only one configuration; move this file away, export again, and write its settings into "
                   "wrangler.jsonc");
    if (!wrangler->job->stopped && worker_is_other(wrangler->folder, module_name))
        refuse(wrangler, module_name, worker_other);
}

/* Adds the routes to OUT. Returns how many there are. */
static size_t print_routes(const struct index *index, struct buf *out)
{
    char domain[DOMAIN_MAX + 1];
    size_t count = 0;

    buf_print(out, "    \"routes\": [\n");
    for (size_t at = 0; index_next_domain(index, &at, domain);) {
        if (strcmp(domain, "*") == 0)
            continue;
        buf_print(out, "        { \"pattern\": \"" DOMAIN_POLICY_HOST_PREFIX "%s\", \"custom_domain\": true },\n", domain);
        count++;
    }
    buf_print(out, "    ],\n");
    return count;
}

/* Complains of the policy host at *TEXT, behind its prefix and up to a quote, if the file no longer names its domain. */
static void note_gone(const struct wrangler *wrangler, const char *text)
{
    char domain[DOMAIN_MAX + 1];
    size_t len = strcspn(text, "\"");

    if (len >= sizeof domain)
        return;
    memcpy(domain, text, len);
    domain[len] = '\0';
    if (!index_names(wrangler->job->index, domain))
        say(say_complain,
            "%s/%s: " DOMAIN_POLICY_HOST_PREFIX
            "%s is no longer in policies.ini: the next deployment removes it, and its DNS record",
            wrangler->path, config_name, domain);
}

/* The routes in the file before are export's own. */
static void note_all_gone(const struct wrangler *wrangler)
{
    static const char host[] = "\"" DOMAIN_POLICY_HOST_PREFIX;
    const char *at = wrangler->before.len > 0 ? wrangler->head + wrangler->head_len : NULL;

    while (at != NULL && (at = strstr(at, host)) != NULL && at < wrangler->tail)
        note_gone(wrangler, at += sizeof host - 1);
}

/* Makes the new wrangler.jsonc. Returns the number of routes. */
static size_t print_config(const struct wrangler *wrangler, struct buf *out)
{
    const char *kept = wrangler->before.len > 0 ? wrangler->head + wrangler->head_len : NULL;
    size_t count = 0;

    buf_add(out, wrangler->head, wrangler->head_len);
    if (kept != NULL && index_has_lost(wrangler->job->index))
        buf_add(out, kept, (size_t)(wrangler->tail - kept));
    else
        count = print_routes(wrangler->job->index, out);
    buf_add(out, wrangler->tail, wrangler->tail_len);
    return count;
}

static int compare_names(const void *a, const void *b)
{
    const char *const *one = a;
    const char *const *other = b;

    return strcmp(*one, *other);
}

/* The greatest number of equal NAMES, which are sorted; *WHICH is one of those. */
static size_t longest_run(const char *const *names, size_t count, const char **which)
{
    size_t longest = 0;

    for (size_t from = 0, to = 0; from < count; from = to) {
        while (to < count && strcmp(names[from], names[to]) == 0)
            to++;
        if (to - from > longest) {
            longest = to - from;
            *which = names[from];
        }
    }
    return longest;
}

/* Splits LINES at their ends. NULL where memory runs out; the caller frees the list. */
static const char **split(struct buf *lines, size_t *count)
{
    const char **names = NULL;
    size_t room = 0;

    *count = 0;
    for (char *at = lines->text, *end; at != NULL && (end = strchr(at, '\n')) != NULL; at = end + 1) {
        const char **grown = list_grow(names, *count, 1, &room, sizeof *names);
        if (grown == NULL)
            break;
        names = grown;
        names[(*count)++] = at;
        *end = '\0';
    }
    return names;
}

/* A zone of Cloudflare is at least the part of a domain behind its first label, if that is no public suffix such as co.uk. */
static void note_full_zone(const struct index *index)
{
    char domain[DOMAIN_MAX + 1];
    const char *which = "";
    struct buf parents = { 0 };
    size_t count;

    for (size_t at = 0; index_next_domain(index, &at, domain);) {
        const char *parent = strchr(domain, '.');
        if (parent != NULL && strchr(parent + 1, '.') != NULL)
            buf_print(&parents, "%s\n", parent + 1);
    }
    const char **names = split(&parents, &count);
    if (names != NULL) {
        qsort(names, count, sizeof *names, compare_names);
        size_t most = longest_run(names, count, &which);
        if (most > DOMAINS_MAX)
            say(say_complain,
                "%zu policy hosts are below %s: Cloudflare allows %d custom domains a zone; if that is one zone, ask Cloudflare "
                "for more, or serve some of them elsewhere",
                most, which, DOMAINS_MAX);
    }
    free(names);
    buf_free(&parents);
}

static void note_limits(const struct wrangler *wrangler, size_t routes)
{
    char domain[DOMAIN_MAX + 1];

    if (routes > ZONES_MAX)
        say(say_complain,
            "%s/%s: has %zu custom domains: Cloudflare allows a Worker %d zones; if there are more, split policies.ini, and give "
            "each part a folder, and a \"name\" in its wrangler.jsonc",
            wrangler->path, config_name, routes, ZONES_MAX);
    if (routes > DOMAINS_MAX)
        note_full_zone(wrangler->job->index);
    for (size_t at = 0; index_next_domain(wrangler->job->index, &at, domain);)
        if (strcmp(domain, "*") == 0)
            say_complain("[*]: the Worker answers for every other domain, too, but is asked only for names that lead to it; add "
                         "their policy hosts to the Worker at Cloudflare, or write their sections");
}

static void write_file(const struct wrangler *wrangler, const char *name, const struct buf *text)
{
    if (text->failed && !wrangler->job->stopped)
        job_fail_for_memory(wrangler->job);
    if (!wrangler->job->stopped && !folder_write(wrangler->folder, name, text->text, text->len))
        refuse_for(wrangler, name, "written", errno);
}

static void export_to(struct wrangler *wrangler)
{
    struct buf module = { 0 }, config = { 0 };

    refuse_others(wrangler);
    if (!wrangler->job->stopped)
        read_config(wrangler);
    if (!wrangler->job->stopped)
        worker_print(wrangler->job, &module);
    if (module.len > MODULE_MAX)
        refuse(wrangler, module_name,
               "would be larger than the 64 MiB that Cloudflare allows; split policies.ini, and give each part a folder, and a "
               "\"name\" in its wrangler.jsonc");
    if (!wrangler->job->stopped) {
        size_t routes = print_config(wrangler, &config);
        write_file(wrangler, module_name, &module);
        write_file(wrangler, config_name, &config);
        if (!wrangler->job->stopped && !index_has_lost(wrangler->job->index))
            note_all_gone(wrangler);
        if (!wrangler->job->stopped)
            note_limits(wrangler, routes);
    }
    buf_free(&module);
    buf_free(&config);
}

void wrangler_export(struct job *job, const char *folder)
{
    struct wrangler wrangler = { .job = job, .path = folder };
    struct buf why = { 0 };
    bool made;
    mode_t mask = umask(0);

    wrangler.folder = folder_reach(folder, &made, &why);
    if (wrangler.folder < 0)
        job_fail_because(job, &why, true);
    else
        export_to(&wrangler);
    if (wrangler.folder >= 0)
        (void)close(wrangler.folder);
    buf_free(&wrangler.before);
    (void)umask(mask);
}
