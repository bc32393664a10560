#include "command/export.h"

#include "base/buf.h"
#include "command/folder.h"
#include "command/tree.h"
#include "command/worker.h"
#include "policy/domain.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct job {
    struct index *index;
    export_say *say;
    bool failed;  /* a mistake or a failure was reported */
    bool stopped; /* and there is no use in going on */
};

static void fail(struct job *job, const char *text)
{
    job->failed = true;
    job->say(text);
}

/* Of what is not known nothing is written: no file, and no list of them. */
static void fail_for_memory(struct job *job)
{
    job->stopped = true;
    fail(job, "out of memory");
}

/* Reports WHY, and empties it. */
static void fail_because(struct job *job, struct buf *why, bool stop)
{
    if (why->failed || why->text == NULL)
        fail_for_memory(job);
    else
        fail(job, why->text);
    job->stopped |= stop;
    buf_free(why);
}

/* --- policies --- */

/* The policy in VERDICT, or NULL; *BROKEN is the mistake in its place, or NULL. */
static const struct index_verdict *policy_in(const struct index_verdict *verdict, const char **broken)
{
    bool good = verdict == NULL || verdict->found == INDEX_POLICY;

    *broken = good ? NULL : verdict->bytes;
    return good ? verdict : NULL;
}

/* The policy of a domain that the file names. Where memory runs out, JOB is stopped. */
static const struct index_verdict *policy_of(struct job *job, const char *domain, const char **broken)
{
    const struct index_verdict *verdict;

    if (!index_find_named(job->index, domain, &verdict))
        fail_for_memory(job);
    return policy_in(verdict, broken);
}

/* What the file says of all domains that it does not name; NULL where that is nothing, or JOB was stopped. */
static const struct index_verdict *find_others(struct job *job)
{
    const struct index_verdict *verdict;
    char domain[DOMAIN_MAX + 1];
    unsigned n = 0;

    do
        (void)snprintf(domain, sizeof domain, "%u.invalid", n++);
    while (index_names(job->index, domain));
    if (!index_find(job->index, domain, &verdict))
        fail_for_memory(job);
    return verdict;
}

/* --- the tree --- */

/* True where the policy is in its place, or may be: an earlier one that cannot be replaced. */
static bool write_policy(struct job *job, const struct tree *tree, const char *domain, const struct index_verdict *verdict)
{
    struct buf why = { 0 };
    enum tree_result result = tree_write(tree, domain, verdict->bytes, verdict->len, &why);

    if (result != TREE_DONE)
        fail_because(job, &why, result == TREE_FAILED);
    return result != TREE_OBSTRUCTED;
}

static bool remove_policy(struct job *job, const struct tree *tree, const char *domain)
{
    struct buf why = { 0 };
    bool good = tree_remove(tree, domain, &why) == TREE_DONE;

    if (!good)
        fail_because(job, &why, false);
    return good;
}

/* Without the list of what an earlier export wrote, that would never be removed. */
static void read_list(struct job *job, const struct tree *tree, struct buf *list)
{
    struct buf why = { 0 };

    if (tree_read_list(tree, list, &why) != TREE_DONE)
        fail_because(job, &why, true);
    else if (list->failed)
        fail_for_memory(job);
}

/* Writes LIST, and empties it. */
static void write_list(struct job *job, const struct tree *tree, struct buf *list)
{
    struct buf why = { 0 };

    if (list->failed && !job->stopped)
        fail_for_memory(job);
    if (!job->stopped && tree_write_list(tree, list, &why) != TREE_DONE)
        fail_because(job, &why, true);
    buf_free(list);
}

static void list_domain(struct buf *list, const char *domain)
{
    buf_add(list, DOMAIN_POLICY_HOST_PREFIX, sizeof DOMAIN_POLICY_HOST_PREFIX - 1);
    buf_add(list, domain, strlen(domain));
    buf_add(list, "\n", 1);
}

/* The next policy host of the list, as its domain; export wrote no line of any other form. */
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

static void tell_stale(struct job *job, const struct tree *tree, const char *domain, bool removed)
{
    struct buf text = { 0 };

    buf_print(&text, "%s/" DOMAIN_POLICY_HOST_PREFIX "%s: no longer in policies.ini; %s", tree->path, domain,
              removed ? "removed" : "--delete removes it");
    if (text.failed)
        fail_for_memory(job);
    else
        job->say(text.text);
    buf_free(&text);
}

/* Reports a policy whose domain is no longer in the file, and with REMOVE removes it. True where it was removed. */
static bool visit_stale(struct job *job, const struct tree *tree, const char *domain, bool remove)
{
    bool removed = remove && remove_policy(job, tree, domain);

    if (removed || !remove)
        tell_stale(job, tree, domain, removed);
    return removed;
}

/* Adds to KEPT what an earlier export wrote and this one does not. STALE: handles what is no longer in the file. */
static void visit_old(struct job *job, const struct tree *tree, const struct buf *list, bool stale, bool remove, struct buf *kept)
{
    char domain[DOMAIN_MAX + 1];
    const char *broken;

    for (size_t at = 0; !job->stopped && next_listed(list, &at, domain);)
        if (policy_of(job, domain, &broken) == NULL &&
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
            continue; /* files are for names */
        const struct index_verdict *verdict = policy_of(job, domain, &broken);
        if (broken != NULL && write)
            fail(job, broken);
        if (verdict != NULL && (!write || write_policy(job, tree, domain, verdict)))
            list_domain(list, domain);
    }
}

/* May a header that cannot be read name domains of which nothing else is known? Reports it. */
static bool may_name_more(struct job *job)
{
    struct buf text = { 0 };
    const struct index_verdict *others = job->stopped ? NULL : find_others(job);

    if (others == NULL || others->found != INDEX_UNSURE)
        return false;
    buf_print(&text, "%s; until then export removes nothing", others->bytes);
    fail_because(job, &text, false);
    return true;
}

static void export_all(struct job *job, const struct tree *tree, bool remove)
{
    struct buf before = { 0 }, after = { 0 };

    read_list(job, tree, &before);
    /* What is going to be written is listed before it is: who ends this in the middle loses track of nothing. */
    visit_new(job, tree, false, &after);
    visit_old(job, tree, &before, false, false, &after);
    write_list(job, tree, &after);
    visit_new(job, tree, true, &after);
    visit_old(job, tree, &before, !may_name_more(job), remove, &after);
    write_list(job, tree, &after);
    buf_free(&before);
}

bool export_tree(struct index *index, const char *folder, bool remove, export_say *say)
{
    struct job job = { index, say, false, false };
    struct tree tree;
    struct buf why = { 0 };
    mode_t mask = umask(0); /* web servers have to read it, whoever exports */

    if (tree_open(&tree, folder, &why) == TREE_DONE)
        export_all(&job, &tree, remove);
    else
        fail_because(&job, &why, true);
    tree_close(&tree);
    (void)umask(mask);
    return !job.failed;
}

/* --- the Worker --- */

static struct worker_answer answer_with(struct job *job, const struct index_verdict *verdict, const char *broken)
{
    if (broken != NULL)
        fail(job, broken);
    if (verdict != NULL)
        return (struct worker_answer) { REPLY_POLICY, verdict->bytes, verdict->len };
    return (struct worker_answer) { broken != NULL ? REPLY_BROKEN : REPLY_ABSENT, NULL, 0 };
}

static void print_worker(struct job *job, struct buf *out)
{
    char domain[DOMAIN_MAX + 1];
    const char *broken;
    struct worker_answer answer;

    worker_begin(out);
    for (size_t at = 0; !job->stopped && index_next_domain(job->index, &at, domain);) {
        if (strcmp(domain, "*") == 0)
            continue;
        const struct index_verdict *verdict = policy_of(job, domain, &broken);
        answer = answer_with(job, verdict, broken);
        worker_add(out, domain, &answer);
    }
    if (job->stopped)
        return;
    const struct index_verdict *others = policy_in(find_others(job), &broken);
    answer = answer_with(job, others, broken);
    worker_end(out, &answer);
}

/* The folder that FILE is to be in, or -1 with errno; *NAME is its name there. */
static int open_folder_of(const char *file, const char **name)
{
    const char *slash = strrchr(file, '/');

    *name = slash == NULL ? file : slash[1] != '\0' ? slash + 1 : ".";
    char *folder = slash != NULL ? strndup(file, (size_t)(slash + 1 - file)) : strdup(".");
    int fd = folder != NULL ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    int error = errno;
    free(folder);
    errno = error;
    return fd;
}

static void write_worker(struct job *job, const char *file, const struct buf *text)
{
    const char *name;
    struct buf why = { 0 };
    mode_t mask = umask(0);
    int folder = open_folder_of(file, &name);

    if (folder < 0 || !folder_write(folder, name, text->text, text->len)) {
        int error = errno;
        buf_print(&why, "%s", file);
        if (folder < 0 || !folder_print_obstacle(folder, name, false, &why))
            buf_print(&why, ": cannot be written: %s", strerror(error));
        fail_because(job, &why, true);
    }
    if (folder >= 0)
        (void)close(folder);
    (void)umask(mask);
}

bool export_worker(struct index *index, const char *file, export_say *say)
{
    struct job job = { index, say, false, false };
    struct buf out = { 0 };

    print_worker(&job, &out);
    if (out.failed && !job.stopped)
        fail_for_memory(&job);
    if (!job.stopped)
        write_worker(&job, file, &out);
    buf_free(&out);
    return !job.failed;
}
