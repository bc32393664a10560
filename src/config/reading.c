#include "config/reading.h"

#include "base/memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PROBLEMS_SAID = 20, KEPT_FIRST = 16, KEPT_MANY = 1024 };

/* The last good policy of a domain; NULL where it had a section and never a good policy. */
struct kept {
    char *domain, *policy;
    size_t len;
};

/* What became of a domain that no section names, before a header was there that cannot be read. */
enum unnamed { UNNAMED_UNKNOWN, UNNAMED_ABSENT, UNNAMED_STAR };

/* One state of the file, complete: nothing in it changes any more. */
struct reading {
    struct index *index;
    struct kept *kept; /* by domain: of domains that are broken in it, or may be named by a header that cannot be read */
    size_t kept_count, kept_room;
    enum unnamed unnamed;
    atomic_uint users;
};

void reading_drop(struct reading *reading)
{
    if (reading == NULL || atomic_fetch_sub(&reading->users, 1) != 1)
        return;
    for (size_t i = 0; i < reading->kept_count; i++) {
        free(reading->kept[i].domain);
        free(reading->kept[i].policy);
    }
    free(reading->kept);
    index_free(reading->index);
    free(reading);
}

struct reading *reading_hold(struct reading *reading)
{
    atomic_fetch_add(&reading->users, 1);
    return reading;
}

struct reading *reading_new(struct index *index)
{
    struct reading *reading = calloc(1, sizeof *reading);

    if (reading == NULL) {
        index_free(index);
        return NULL;
    }
    reading->index = index;
    atomic_init(&reading->users, 1);
    return reading;
}

struct index *reading_index(const struct reading *reading)
{
    return reading->index;
}

/* --- last good policies --- */

static int compare_kept(const void *a, const void *b)
{
    return strcmp(((const struct kept *)a)->domain, ((const struct kept *)b)->domain);
}

static const struct kept *find_kept(const struct reading *reading, const char *domain)
{
    const struct kept wanted = { (char *)(size_t)domain, NULL, 0 };

    if (reading->kept_count == 0)
        return NULL;
    return bsearch(&wanted, reading->kept, reading->kept_count, sizeof *reading->kept, compare_kept);
}

/* Not in order yet. False where memory ran out. */
static bool keep(struct reading *reading, const char *domain, const char *policy, size_t len)
{
    if (reading->kept_count == reading->kept_room) {
        size_t room = reading->kept_room > 0 ? reading->kept_room * 2 : KEPT_FIRST;
        struct kept *more = realloc(reading->kept, room * sizeof *more);
        if (more == NULL)
            return false;
        reading->kept = more;
        reading->kept_room = room;
    }
    if (reading->kept_count % KEPT_MANY == KEPT_MANY - 1 && !memory_is_left())
        return false;
    struct kept *kept = &reading->kept[reading->kept_count];
    *kept = (struct kept) { strdup(domain), policy != NULL ? malloc(len + 1) : NULL, len };
    reading->kept_count++; /* reading_drop() frees what there is of it */
    if (kept->domain == NULL || (policy != NULL && kept->policy == NULL))
        return false;
    if (policy != NULL)
        memcpy(kept->policy, policy, len);
    return true;
}

/*
 * Keeps, in READING, the policy that DOMAIN had in BEFORE by a section of its own, if it had one: never that of [*], which was
 * not made for it. False where memory ran out.
 */
static bool keep_last_good(struct reading *reading, struct reading *before, const char *domain)
{
    const struct index_verdict *verdict;

    if (!index_find_named(before->index, domain, &verdict))
        return false;
    if (verdict != NULL && verdict->found == INDEX_POLICY)
        return keep(reading, domain, verdict->bytes, verdict->len);
    const struct kept *kept = find_kept(before, domain);
    if (kept != NULL)
        return keep(reading, domain, kept->policy, kept->len);
    return verdict == NULL || keep(reading, domain, NULL, 0);
}

/* With a header that cannot be read, what READING does not name and BEFORE did is perhaps not gone. */
static bool keep_unnamed(struct reading *reading, struct reading *before)
{
    char domain[DOMAIN_MAX + 1];

    for (size_t at = 0; index_next_domain(before->index, &at, domain);)
        if (!index_names(reading->index, domain) && !keep_last_good(reading, before, domain))
            return false;
    for (size_t i = 0; i < before->kept_count; i++) {
        const char *name = before->kept[i].domain;
        if (!index_names(reading->index, name) && !index_names(before->index, name) && !keep_last_good(reading, before, name))
            return false;
    }
    return true;
}

static enum unnamed unnamed_in(const struct reading *before)
{
    if (index_has_lost(before->index))
        return before->unnamed;
    return index_names(before->index, "*") ? UNNAMED_STAR : UNNAMED_ABSENT;
}

/* --- checking --- */

struct check {
    const char *file;
    reading_say *say;
    struct reading *reading, *before;
    size_t mistakes, mistakes_said, said;
    bool failed;
};

__attribute__((format(printf, 2, 3))) static void say(const struct check *check, const char *format, ...)
{
    char text[512];
    va_list args;

    va_start(args, format);
    int n = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (n >= 0)
        check->say(text);
}

static void on_problem(void *to, unsigned line, bool warning, const char *text)
{
    struct check *check = to;

    (void)line;
    check->mistakes += !warning;
    if (check->said == PROBLEMS_SAID)
        return;
    check->said++;
    check->mistakes_said += !warning;
    check->say(text);
}

static void on_broken(void *to, const char *domain)
{
    struct check *check = to;

    if (!keep_last_good(check->reading, check->before, domain))
        check->failed = true;
}

static void sum_up(const struct check *check)
{
    size_t more = check->mistakes - check->mistakes_said;

    if (more > 0)
        say(check, "%s: %zu more mistake%s", check->file, more, more == 1 ? "" : "s");
    if (check->mistakes > 0)
        say(check, "%s: %zu mistake%s: the domains concerned keep their last good policy; those without one are answered 500",
            check->file, check->mistakes, check->mistakes == 1 ? "" : "s");
}

bool reading_check(struct reading *reading, struct reading *before, const char *file, reading_say *say_to,
                   const atomic_bool *stop)
{
    struct check check = { .file = file, .say = say_to, .reading = reading, .before = before };
    const struct audit audit = { &check, false, on_problem, before != NULL ? on_broken : NULL, stop };

    if (!index_audit(reading->index, &audit) || check.failed)
        return false;
    sum_up(&check);
    if (before == NULL)
        return true;
    if (index_has_lost(reading->index)) {
        reading->unnamed = unnamed_in(before);
        if (!keep_unnamed(reading, before))
            return false;
    }
    if (reading->kept_count > 0)
        qsort(reading->kept, reading->kept_count, sizeof *reading->kept, compare_kept);
    return true;
}

/* --- finding --- */

static void give(struct reading_answer *answer, enum reading_found found, const char *bytes, size_t len)
{
    answer->found = found;
    answer->len = len < sizeof answer->bytes ? len : sizeof answer->bytes - 1;
    memcpy(answer->bytes, bytes, answer->len);
    answer->bytes[answer->len] = '\0';
}

/* Gives what VERDICT, on NAME, says: where that is broken its last good policy, if it has one. */
static void give_verdict(const struct reading *reading, const char *name, const struct index_verdict *verdict,
                         struct reading_answer *answer)
{
    const struct kept *kept = verdict == NULL || verdict->found != INDEX_POLICY ? find_kept(reading, name) : NULL;

    if (kept != NULL && kept->policy != NULL)
        give(answer, READING_POLICY, kept->policy, kept->len);
    else if (verdict == NULL)
        give(answer, READING_ABSENT, "", 0);
    else
        give(answer, verdict->found == INDEX_POLICY ? READING_POLICY : READING_BROKEN, verdict->bytes, verdict->len);
}

/*
 * DOMAIN is not named, but a header that cannot be read may name it; VERDICT says so. It keeps what it had: its own policy, or
 * that of [*], or none.
 */
static void give_unsure(const struct reading *reading, const char *domain, const struct index_verdict *verdict,
                        struct reading_answer *answer)
{
    const struct index_verdict *star;

    if (find_kept(reading, domain) != NULL || reading->unnamed == UNNAMED_UNKNOWN)
        give_verdict(reading, domain, verdict, answer);
    else if (!index_find_named(reading->index, "*", &star))
        give(answer, READING_FAILED, "out of memory", strlen("out of memory"));
    else if (reading->unnamed == UNNAMED_STAR)
        give_verdict(reading, "*", star, answer);
    else
        give_verdict(reading, domain, star == NULL ? NULL : verdict, answer);
}

void reading_find(struct reading *reading, const char *domain, struct reading_answer *answer)
{
    const struct index_verdict *verdict;

    if (!index_find(reading->index, domain, &verdict))
        give(answer, READING_FAILED, "out of memory", strlen("out of memory"));
    else if (verdict != NULL && verdict->found == INDEX_UNSURE)
        give_unsure(reading, domain, verdict, answer);
    else
        give_verdict(reading, index_names(reading->index, domain) ? domain : "*", verdict, answer);
}
