#include "config/snapshot.h"

#include "base/buf.h"
#include "base/list.h"
#include "base/memory.h"
#include "base/say.h"
#include "config/audit.h"
#include "config/index.h"
#include "config/verdict.h"
#include "ini/fill.h"
#include "policy/domain.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { PROBLEMS_SAID = 20, MANY = 1024 };

/* The last good policy of a domain. POLICY is NULL if the domain had a section but never a good policy. */
struct last_good {
    char *domain, *policy;
    size_t len;
};

/* How a domain without a section was answered before the file had a lost header. */
enum unnamed { UNNAMED_UNKNOWN, UNNAMED_ABSENT, UNNAMED_STAR };

struct snapshot {
    struct index *index;
    struct last_good *last_good; /* sorted by domain: domains with a mistake, or that a lost header may name */
    size_t last_good_count, last_good_room;
    enum unnamed unnamed;
    atomic_uint users;
};

void snapshot_drop(struct snapshot *snapshot)
{
    if (snapshot == NULL || atomic_fetch_sub(&snapshot->users, 1) != 1)
        return;
    for (size_t i = 0; i < snapshot->last_good_count; i++) {
        free(snapshot->last_good[i].domain);
        free(snapshot->last_good[i].policy);
    }
    free(snapshot->last_good);
    index_free(snapshot->index);
    free(snapshot);
}

struct snapshot *snapshot_hold(struct snapshot *snapshot)
{
    atomic_fetch_add(&snapshot->users, 1);
    return snapshot;
}

struct snapshot *snapshot_new(struct index *index)
{
    struct snapshot *snapshot = calloc(1, sizeof *snapshot);

    if (snapshot == NULL) {
        index_free(index);
        return NULL;
    }
    snapshot->index = index;
    atomic_init(&snapshot->users, 1);
    return snapshot;
}

struct index *snapshot_index(const struct snapshot *snapshot)
{
    return snapshot->index;
}

/* --- last good policies --- */

static int compare_domains(const void *a, const void *b)
{
    return strcmp(((const struct last_good *)a)->domain, ((const struct last_good *)b)->domain);
}

static const struct last_good *find_last_good(const struct snapshot *snapshot, const char *domain)
{
    const struct last_good wanted = { (char *)(size_t)domain, NULL, 0 };

    if (snapshot->last_good_count == 0)
        return NULL;
    return bsearch(&wanted, snapshot->last_good, snapshot->last_good_count, sizeof *snapshot->last_good, compare_domains);
}

/* Adds a last good policy; snapshot_audit() sorts them later. False if memory runs out. */
static bool keep(struct snapshot *snapshot, const char *domain, const char *policy, size_t len)
{
    struct last_good *list =
        list_grow(snapshot->last_good, snapshot->last_good_count, 1, &snapshot->last_good_room, sizeof *list);

    if (list == NULL)
        return false;
    snapshot->last_good = list;
    if (snapshot->last_good_count % MANY == MANY - 1 && !memory_is_left())
        return false;
    struct last_good *kept = &snapshot->last_good[snapshot->last_good_count];
    *kept = (struct last_good) { strdup(domain), policy != NULL ? malloc(len + 1) : NULL, len };
    snapshot->last_good_count++; /* counted even if a copy failed: snapshot_drop() frees both */
    if (kept->domain == NULL || (policy != NULL && kept->policy == NULL))
        return false;
    if (policy != NULL)
        memcpy(kept->policy, policy, len);
    return true;
}

/*
 * Copies the last good policy of DOMAIN from BEFORE to SNAPSHOT, if it came from DOMAIN's own section. The policy of [*] is never
 * copied, since it was not written for DOMAIN. False if memory runs out.
 */
static bool keep_last_good(struct snapshot *snapshot, struct snapshot *before, const char *domain)
{
    const struct index_verdict *verdict;
    const struct last_good *kept = find_last_good(before, domain);
    bool good = true;

    if (!index_find_named(before->index, domain, domain, &verdict))
        return false;
    if (verdict != NULL && verdict->found == INDEX_POLICY)
        good = keep(snapshot, domain, verdict->bytes, verdict->len);
    else if (kept != NULL)
        good = keep(snapshot, domain, kept->policy, kept->len);
    else if (verdict != NULL)
        good = keep(snapshot, domain, NULL, 0);
    verdict_drop(verdict);
    return good;
}

/* SNAPSHOT has a lost header, so domains that only BEFORE names may still be in the file: keeps their last good policies. */
static bool keep_unnamed(struct snapshot *snapshot, struct snapshot *before)
{
    char domain[DOMAIN_MAX + 1];

    for (size_t at = 0; index_next_domain(before->index, &at, domain);)
        if (!index_names(snapshot->index, domain) && !keep_last_good(snapshot, before, domain))
            return false;
    for (size_t i = 0; i < before->last_good_count; i++) {
        const char *name = before->last_good[i].domain;
        if (!index_names(snapshot->index, name) && !index_names(before->index, name) && !keep_last_good(snapshot, before, name))
            return false;
    }
    return true;
}

static enum unnamed unnamed_in(const struct snapshot *before)
{
    if (index_has_lost(before->index))
        return before->unnamed;
    return index_names(before->index, "*") ? UNNAMED_STAR : UNNAMED_ABSENT;
}

enum snapshot_named snapshot_names(struct snapshot *snapshot, const char *domain)
{
    if (index_names(snapshot->index, domain) || find_last_good(snapshot, domain) != NULL)
        return SNAPSHOT_NAMED;
    return index_has_lost(snapshot->index) ? SNAPSHOT_UNSURE : SNAPSHOT_UNNAMED;
}

/* --- the audit --- */

struct report {
    const char *file;
    say_line *say;
    struct snapshot *snapshot, *before;
    size_t mistakes, mistakes_said, said, broken;
    bool failed;
};

static void on_problem(void *to, unsigned line, bool warning, const char *text)
{
    struct report *report = to;

    (void)line;
    report->mistakes += !warning;
    if (report->said == PROBLEMS_SAID)
        return;
    report->said++;
    report->mistakes_said += !warning;
    report->say(text);
}

static void on_broken(void *to, const char *domain)
{
    struct report *report = to;

    report->broken++;
    if (report->before != NULL && !keep_last_good(report->snapshot, report->before, domain))
        report->failed = true;
}

static void sum_up(const struct report *report)
{
    size_t more = report->mistakes - report->mistakes_said;

    if (more > 0)
        say(report->say, "%s: %zu more mistake%s", report->file, more, more == 1 ? "" : "s");
    if (report->mistakes > 0)
        say(report->say, "%s: %zu mistake%s, in %zu domain%s: a domain with a mistake %s", report->file, report->mistakes,
            report->mistakes == 1 ? "" : "s", report->broken, report->broken == 1 ? "" : "s",
            report->before == NULL ? "is answered 500 until it is corrected"
                                   : "keeps its last good policy, or is answered 500 if there is none");
}

bool snapshot_audit(struct snapshot *snapshot, struct snapshot *before, const char *file, say_line *to, const atomic_bool *stop)
{
    struct report report = { .file = file, .say = to, .snapshot = snapshot, .before = before };
    const struct audit audit = { &report, false, on_problem, on_broken, stop };

    if (!index_audit(snapshot->index, &audit) || report.failed)
        return false;
    sum_up(&report);
    if (before == NULL)
        return true;
    if (index_has_lost(snapshot->index)) {
        snapshot->unnamed = unnamed_in(before);
        if (!keep_unnamed(snapshot, before))
            return false;
    }
    if (snapshot->last_good_count > 0)
        qsort(snapshot->last_good, snapshot->last_good_count, sizeof *snapshot->last_good, compare_domains);
    return true;
}

/* --- finding --- */

static void give(struct snapshot_answer *answer, enum snapshot_found found, const char *bytes, size_t len)
{
    answer->found = found;
    answer->len = len < sizeof answer->bytes ? len : sizeof answer->bytes - 1;
    memcpy(answer->bytes, bytes, answer->len);
    answer->bytes[answer->len] = '\0';
}

/* Fills ANSWER for DOMAIN with the last good policy of [*], in which DOMAIN replaces {domain}. */
static void give_star(struct snapshot_answer *answer, const char *domain, const struct last_good *kept)
{
    static const char too_long[] = "the last good policy of [*] would have a host that is too long";
    struct buf policy = { 0 };

    if (fill_policy(&policy, kept->policy, kept->len, domain))
        give(answer, SNAPSHOT_POLICY, policy.text, policy.len);
    else
        give(answer, policy.failed ? SNAPSHOT_FAILED : SNAPSHOT_BROKEN, too_long, sizeof too_long - 1);
    buf_free(&policy);
}

/* Fills ANSWER for DOMAIN from VERDICT on NAME, DOMAIN or "*". If that is not a policy, uses NAME's last good policy, if any. */
static void give_verdict(const struct snapshot *snapshot, const char *name, const char *domain,
                         const struct index_verdict *verdict, struct snapshot_answer *answer)
{
    const struct last_good *kept = verdict == NULL || verdict->found != INDEX_POLICY ? find_last_good(snapshot, name) : NULL;

    if (kept != NULL && kept->policy != NULL && strcmp(name, "*") == 0)
        give_star(answer, domain, kept);
    else if (kept != NULL && kept->policy != NULL)
        give(answer, SNAPSHOT_POLICY, kept->policy, kept->len);
    else if (verdict == NULL)
        give(answer, SNAPSHOT_ABSENT, "", 0);
    else
        give(answer, verdict->found == INDEX_POLICY ? SNAPSHOT_POLICY : SNAPSHOT_BROKEN, verdict->bytes, verdict->len);
}

/*
 * Fills ANSWER for DOMAIN, which has no section, but which a lost header may name; VERDICT is the message about that. The answer
 * stays the one before the lost header: its last good policy, or that of [*], or none.
 */
static void give_unsure(const struct snapshot *snapshot, const char *domain, const struct index_verdict *verdict,
                        struct snapshot_answer *answer)
{
    const struct index_verdict *star = NULL;

    if (find_last_good(snapshot, domain) != NULL || snapshot->unnamed == UNNAMED_UNKNOWN)
        give_verdict(snapshot, domain, domain, verdict, answer);
    else if (!index_find_named(snapshot->index, "*", domain, &star))
        give(answer, SNAPSHOT_FAILED, "out of memory", strlen("out of memory"));
    else if (snapshot->unnamed == UNNAMED_STAR)
        give_verdict(snapshot, "*", domain, star, answer);
    else
        give_verdict(snapshot, domain, domain, star == NULL ? NULL : verdict, answer);
    verdict_drop(star);
}

void snapshot_find(struct snapshot *snapshot, const char *domain, struct snapshot_answer *answer)
{
    const struct index_verdict *verdict = NULL;

    if (!index_find(snapshot->index, domain, &verdict))
        give(answer, SNAPSHOT_FAILED, "out of memory", strlen("out of memory"));
    else if (verdict != NULL && verdict->found == INDEX_UNSURE)
        give_unsure(snapshot, domain, verdict, answer);
    else
        give_verdict(snapshot, index_names(snapshot->index, domain) ? domain : "*", domain, verdict, answer);
    verdict_drop(verdict);
}
