#include "command/export/export.h"

#include "base/buf.h"
#include "base/say.h"
#include "command/export/job.h"
#include "command/export/site.h"
#include "command/export/tree.h"
#include "command/export/worker.h"
#include "command/export/wrangler.h"
#include "config/index.h"
#include "config/verdict.h"
#include "policy/domain.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { ALL, NOT_ALL, USAGE };

/* True where a policy is in its place: this one, or an earlier one that could not be replaced. */
static bool write_policy(struct job *job, const struct tree *tree, const char *domain, const struct index_verdict *verdict)
{
    struct buf why = { 0 };
    enum tree_result result = tree_write(tree, domain, verdict->bytes, verdict->len, &why);

    if (result != TREE_DONE)
        job_fail_because(job, &why, result == TREE_FAILED);
    return result != TREE_OBSTRUCTED;
}

static bool remove_policy(struct job *job, const struct tree *tree, const char *domain)
{
    struct buf why = { 0 };
    bool good = tree_remove(tree, domain, &why) == TREE_DONE;

    if (!good)
        job_fail_because(job, &why, false);
    return good;
}

/* Stops where it cannot be read: without the list, what an earlier export wrote would never be removed. */
static void read_list(struct job *job, const struct tree *tree, struct buf *list)
{
    struct buf why = { 0 };

    if (tree_read_list(tree, list, &why) != TREE_DONE)
        job_fail_because(job, &why, true);
    else if (list->failed)
        job_fail_for_memory(job);
}

/* Writes LIST, and empties it. */
static void write_list(struct job *job, const struct tree *tree, struct buf *list)
{
    struct buf why = { 0 };

    if (list->failed && !job->stopped)
        job_fail_for_memory(job);
    if (!job->stopped && tree_write_list(tree, list, &why) != TREE_DONE)
        job_fail_because(job, &why, true);
    buf_free(list);
}

static void list_domain(struct buf *list, const char *domain)
{
    buf_add(list, DOMAIN_POLICY_HOST_PREFIX, sizeof DOMAIN_POLICY_HOST_PREFIX - 1);
    buf_add(list, domain, strlen(domain));
    buf_add(list, "\n", 1);
}

/* The next domain of the list. Lines that are no policy host are not export's own. */
static bool next_listed(const struct buf *list, size_t *at, char domain[DOMAIN_MAX + 1])
{
    char line[sizeof DOMAIN_POLICY_HOST_PREFIX + DOMAIN_MAX];

    while (*at < list->len) {
        size_t len = strcspn(list->text + *at, "\n");
        (void)snprintf(line, sizeof line, "%.*s", (int)(len < sizeof line ? len : sizeof line - 1), list->text + *at);
        *at += len + 1;
        if (len < sizeof line && domain_from_host(line, domain))
            return true;
    }
    return false;
}

static void report_stale(struct job *job, const struct tree *tree, const char *domain, bool removed)
{
    struct buf text = { 0 };

    buf_print(&text, "%s/" DOMAIN_POLICY_HOST_PREFIX "%s: no longer in policies.ini; %s", tree->path, domain,
              removed ? "removed" : "--delete removes it");
    if (text.failed)
        job_fail_for_memory(job);
    else
        say_complain(text.text);
    buf_free(&text);
}

/* Reports a policy whose domain is no longer in the file, and with REMOVE removes it. True where it was removed. */
static bool visit_stale(struct job *job, const struct tree *tree, const char *domain, bool remove)
{
    bool removed = remove && remove_policy(job, tree, domain);

    if (removed || !remove)
        report_stale(job, tree, domain, removed);
    return removed;
}

/* Adds to KEPT what an earlier export wrote and this one does not. STALE: reports or removes what the file no longer names. */
static void visit_old(struct job *job, const struct tree *tree, const struct buf *list, bool stale, bool remove, struct buf *kept)
{
    char domain[DOMAIN_MAX + 1];
    const char *broken;

    for (size_t at = 0; !job->stopped && next_listed(list, &at, domain);)
        if (job_policy(job, domain, &broken) == NULL &&
            !(stale && !index_names(job->index, domain) && visit_stale(job, tree, domain, remove)))
            list_domain(kept, domain);
}

/* Lists the domains that have a policy. WRITE: writes their policies, and reports the mistakes of the others. */
static void visit_new(struct job *job, const struct tree *tree, bool write, struct buf *list)
{
    char domain[DOMAIN_MAX + 1];
    const char *broken;

    for (size_t at = 0; !job->stopped && index_next_domain(job->index, &at, domain);) {
        if (strcmp(domain, "*") == 0)
            continue; /* a file is for one name */
        const struct index_verdict *verdict = job_policy(job, domain, &broken);
        if (broken != NULL && write)
            job_fail(job, broken);
        if (verdict != NULL && (!write || write_policy(job, tree, domain, verdict)))
            list_domain(list, domain);
    }
}

/* A header that cannot be read may name any domain: then nothing is surely stale. Reports the header. */
static bool may_name_more(struct job *job)
{
    struct buf text = { 0 };
    const char *unsure = job_unsure(job);

    if (unsure == NULL)
        return false;
    buf_print(&text, "%s; until then export removes nothing", unsure);
    job_fail_because(job, &text, false);
    return true;
}

static void export_all(struct job *job, const struct tree *tree, bool remove)
{
    struct buf before = { 0 }, after = { 0 };

    read_list(job, tree, &before);
    /* The list comes first: should this be interrupted, the list names all that was written. */
    visit_new(job, tree, false, &after);
    visit_old(job, tree, &before, false, false, &after);
    write_list(job, tree, &after);
    visit_new(job, tree, true, &after);
    visit_old(job, tree, &before, !may_name_more(job), remove, &after);
    write_list(job, tree, &after);
    buf_free(&before);
}

/*
 * Writes the policies below FOLDER, with the files of SITE or NULL. What an earlier export wrote and the file no longer names is
 * reported and, with REMOVE, removed.
 */
static void export_tree(struct job *job, const char *folder, const struct site *site, bool remove)
{
    struct tree tree;
    struct buf why = { 0 };
    mode_t mask = umask(0); /* web servers are to read the files, whoever exports them */

    if (tree_open(&tree, folder, &why) == TREE_DONE) {
        tree.site = site;
        export_all(job, &tree, remove);
    } else
        job_fail_because(job, &why, true);
    tree_close(&tree);
    (void)umask(mask);
}

/* Is PATH of --worker the module itself? It is where its name ends as that of one, or where it is there and no folder. */
static bool is_module(const char *path)
{
    const char *ending = strrchr(path, '.');
    struct stat st;

    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
        return false;
    return (ending != NULL && (strcmp(ending, ".js") == 0 || strcmp(ending, ".mjs") == 0)) || lstat(path, &st) == 0;
}

struct arguments {
    const char *to; /* the last argument */
    const struct site *site;
    bool worker, remove;
};

/* Finds the kind of --site. False, with a complaint, where there is none. */
static bool read_site(const char *name, const struct site **site)
{
    struct buf why = { 0 };

    *site = name != NULL ? site_find(name) : NULL;
    if (*site != NULL)
        return true;
    buf_print(&why, "export --site: write one of ");
    site_names(&why);
    say_complain(why.failed ? "out of memory" : why.text);
    buf_free(&why);
    return false;
}

/* False where the arguments are wrong. */
static bool read_arguments(int argc, char *argv[], struct arguments *arguments)
{
    int last = argc - 1;

    for (int i = 1; i < last; i++) {
        bool known = strcmp(argv[i], "--delete") == 0;
        arguments->remove |= known;
        if (strcmp(argv[i], "--site") == 0)
            known = read_site(i + 1 < last ? argv[++i] : NULL, &arguments->site);
        else if (strcmp(argv[i], "--worker") == 0)
            known = arguments->worker = argc == 3;
        if (!known)
            return false;
    }
    arguments->to = argv[last];
    return last > 0 && argv[last][0] != '-' && argv[last][0] != '\0';
}

int export_command(struct index *index, int argc, char *argv[], struct buf *out)
{
    struct job job = { .index = index };
    struct arguments arguments = { 0 };

    (void)out;
    if (!read_arguments(argc, argv, &arguments))
        return USAGE;
    if (!arguments.worker)
        export_tree(&job, arguments.to, arguments.site, arguments.remove);
    else if (is_module(arguments.to))
        worker_export(&job, arguments.to);
    else
        wrangler_export(&job, arguments.to);
    job_end(&job);
    return job.failed ? NOT_ALL : ALL;
}
