#include "store.h"

#include "clock.h"
#include "index.h"
#include "look.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { OPEN_WAIT_MS = 10000, OPEN_STEP_MS = 20, PROBLEMS_SAID = 20, KEPT_FIRST = 16 };

/* The last good policy of a domain. */
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

struct store {
    char *file;
    const char *only;
    store_say *say;
    pthread_mutex_t lock; /* for these: */
    pthread_cond_t asked;
    struct reading *current;
    bool look_now;
    atomic_bool stop;
    /* What follows is the watching thread's alone. */
    struct look look;
    int64_t next_look;
    bool checked; /* the first reading was */
};

__attribute__((format(printf, 2, 3))) static void say(const struct store *store, const char *format, ...)
{
    char text[512];
    va_list args;

    va_start(args, format);
    int n = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (n >= 0)
        store->say(text);
}

/* --- readings --- */

static void drop(struct reading *reading)
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

static struct reading *hold_current(struct store *store)
{
    (void)pthread_mutex_lock(&store->lock);
    struct reading *reading = store->current;
    atomic_fetch_add(&reading->users, 1);
    (void)pthread_mutex_unlock(&store->lock);
    return reading;
}

/* Takes INDEX over. NULL where memory ran out. */
static struct reading *new_reading(struct index *index)
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

static void put_in_force(struct store *store, struct reading *reading)
{
    (void)pthread_mutex_lock(&store->lock);
    struct reading *before = store->current;
    store->current = reading;
    (void)pthread_mutex_unlock(&store->lock);
    drop(before);
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
    struct kept *kept = &reading->kept[reading->kept_count];
    *kept = (struct kept) { strdup(domain), malloc(len + 1), len };
    reading->kept_count++; /* drop() frees what there is of it */
    if (kept->domain == NULL || kept->policy == NULL)
        return false;
    memcpy(kept->policy, policy, len);
    kept->policy[len] = '\0';
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
    return kept == NULL || keep(reading, domain, kept->policy, kept->len);
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
    struct store *store;
    struct reading *reading, *before; /* BEFORE: NULL, or where last good policies are taken from */
    size_t mistakes, said;
    bool failed;
};

static void on_problem(void *to, unsigned line, bool warning, const char *text)
{
    struct check *check = to;

    (void)line;
    check->mistakes += !warning;
    if (check->said++ < PROBLEMS_SAID)
        check->store->say(text);
}

static void on_broken(void *to, const char *domain)
{
    struct check *check = to;

    if (!keep_last_good(check->reading, check->before, domain))
        check->failed = true;
}

static void sum_up(const struct check *check)
{
    const struct store *store = check->store;

    if (check->said > PROBLEMS_SAID)
        say(store, "%s: %zu more mistakes", store->file, check->said - PROBLEMS_SAID);
    if (check->mistakes > 0)
        say(store, "%s: %zu mistake%s: the domains concerned keep their last good policy; those without one are answered 500",
            store->file, check->mistakes, check->mistakes == 1 ? "" : "s");
}

/*
 * Says what is wrong in READING, and takes over from BEFORE (NULL: nothing) the last good policy of each domain that it breaks.
 * False where it was stopped or memory ran out.
 */
static bool check_reading(struct store *store, struct reading *reading, struct reading *before)
{
    struct check check = { .store = store, .reading = reading, .before = before };
    const struct index_audit audit = { &check, false, on_problem, before != NULL ? on_broken : NULL, &store->stop };

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

/* --- taking over --- */

static bool is_in_force(const struct store *store, const char *text, size_t size)
{
    size_t current_size;

    if (store->current == NULL)
        return false;
    const char *current = index_text(store->current->index, &current_size);
    return current_size == size && memcmp(current, text, size) == 0;
}

static void say_read(struct store *store)
{
    size_t domains = index_domains(store->current->index);

    say(store, "%s: read again: %zu domain%s", store->file, domains, domains == 1 ? "" : "s");
}

/* Puts TEXT, which it takes over, in force. */
static bool take(struct store *store, char *text, size_t size)
{
    struct index *index = index_new(text, size, store->file, store->only);
    struct reading *before = store->current;
    enum file_trouble trouble = FILE_FINE;

    if (index == NULL)
        trouble = FILE_SYSTEM;
    else if (index_sections(index) == 0)
        trouble = FILE_EMPTY;
    else if (before != NULL && index_domains(index) == 0 && index_domains(before->index) > 0)
        trouble = FILE_NO_DOMAINS;
    if (trouble != FILE_FINE) {
        index_free(index);
        (void)look_complain(&store->look, trouble, ENOMEM);
        return false;
    }
    struct reading *reading = new_reading(index);
    if (reading == NULL || (before != NULL && !check_reading(store, reading, before))) {
        drop(reading);
        if (!atomic_load(&store->stop))
            (void)look_complain(&store->look, FILE_SYSTEM, ENOMEM);
        return false;
    }
    put_in_force(store, reading);
    return true;
}

/* Looks at the file; takes over what is new, or, FORCED, whatever is there. */
static enum look_found look(struct store *store, bool forced)
{
    char *text = NULL;
    size_t size = 0;
    int64_t wait, begin = clock_ms();
    bool again = store->current != NULL;
    enum look_found found = look_at(&store->look, forced, &text, &size, &wait);

    store->next_look = begin + wait;
    if (found != LOOK_NEW)
        return found;
    if (!forced && is_in_force(store, text, size)) {
        free(text);
        if (store->look.trouble != FILE_FINE)
            say_read(store);
        look_taken(&store->look);
        return LOOK_SAME;
    }
    if (!take(store, text, size))
        return LOOK_TROUBLE;
    look_taken(&store->look);
    if (again)
        say_read(store);
    return LOOK_NEW;
}

/* Waits until it is time to look, or a look is asked for, or the end. */
static void await_look(struct store *store)
{
    const struct timespec until = { store->next_look / 1000, store->next_look % 1000 * 1000000 };
    int error = 0;

    while (error == 0 && !store->look_now && !atomic_load(&store->stop))
        error = pthread_cond_timedwait(&store->asked, &store->lock, &until);
}

bool store_watch(struct store *store)
{
    if (!store->checked) {
        store->checked = true;
        if (!check_reading(store, store->current, NULL) && !atomic_load(&store->stop))
            say(store, "%s: out of memory: not checked for mistakes; save it again when there is some", store->file);
    }
    (void)pthread_mutex_lock(&store->lock);
    await_look(store);
    bool forced = store->look_now;
    store->look_now = false;
    (void)pthread_mutex_unlock(&store->lock);

    if (atomic_load(&store->stop))
        return false;
    (void)look(store, forced);
    return true;
}

bool store_refresh(struct store *store)
{
    return look(store, true) == LOOK_NEW;
}

void store_look(struct store *store)
{
    (void)pthread_mutex_lock(&store->lock);
    store->look_now = true;
    (void)pthread_cond_signal(&store->asked);
    (void)pthread_mutex_unlock(&store->lock);
}

/* False where memory runs out. */
static bool init_locks(struct store *store)
{
    pthread_condattr_t monotonic;

    if (pthread_condattr_init(&monotonic) != 0)
        return false;
    bool good = pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC) == 0 && pthread_cond_init(&store->asked, &monotonic) == 0;
    (void)pthread_condattr_destroy(&monotonic);
    return good && pthread_mutex_init(&store->lock, NULL) == 0;
}

struct store *store_open(const char *file, const char *only, store_say *say_to)
{
    const struct timespec step = { 0, OPEN_STEP_MS * 1000000L };
    struct store *store = calloc(1, sizeof *store);

    if (store == NULL || (store->file = strdup(file)) == NULL || !init_locks(store)) {
        if (store != NULL)
            free(store->file);
        free(store);
        say_to("out of memory");
        return NULL;
    }
    store->only = only;
    store->say = say_to;
    store->look.file = store->file;
    store->look.say = say_to;
    int64_t end = clock_ms() + OPEN_WAIT_MS;
    enum look_found found = look(store, false);
    while (found == LOOK_WAIT && clock_ms() < end) {
        (void)nanosleep(&step, NULL);
        found = look(store, false);
    }
    if (found == LOOK_WAIT)
        (void)look_complain(&store->look, FILE_BUSY, 0);
    if (found == LOOK_NEW)
        return store;
    store_free(store);
    return NULL;
}

/* --- finding --- */

static void give(struct store_answer *answer, enum store_found found, const char *bytes, size_t len)
{
    answer->found = found;
    answer->len = len < sizeof answer->bytes ? len : sizeof answer->bytes - 1;
    memcpy(answer->bytes, bytes, answer->len);
    answer->bytes[answer->len] = '\0';
}

/* Gives what VERDICT, on NAME, says: where that is broken its last good policy, if it has one. */
static void give_verdict(const struct reading *reading, const char *name, const struct index_verdict *verdict,
                         struct store_answer *answer)
{
    const struct kept *kept = verdict == NULL || verdict->found != INDEX_POLICY ? find_kept(reading, name) : NULL;

    if (kept != NULL)
        give(answer, STORE_POLICY, kept->policy, kept->len);
    else if (verdict == NULL)
        give(answer, STORE_ABSENT, "", 0);
    else
        give(answer, verdict->found == INDEX_POLICY ? STORE_POLICY : STORE_BROKEN, verdict->bytes, verdict->len);
}

/*
 * DOMAIN is not named, but a header that cannot be read may name it; VERDICT says so. It keeps what it had: its own policy, or
 * that of [*], or none.
 */
static void give_unsure(const struct reading *reading, const char *domain, const struct index_verdict *verdict,
                        struct store_answer *answer)
{
    const struct index_verdict *star;

    if (find_kept(reading, domain) != NULL || reading->unnamed == UNNAMED_UNKNOWN)
        give_verdict(reading, domain, verdict, answer);
    else if (!index_find_named(reading->index, "*", &star))
        give(answer, STORE_FAILED, "out of memory", strlen("out of memory"));
    else if (reading->unnamed == UNNAMED_STAR)
        give_verdict(reading, "*", star, answer);
    else
        give_verdict(reading, domain, star == NULL ? NULL : verdict, answer);
}

void store_find(struct store *store, const char *domain, struct store_answer *answer)
{
    const struct index_verdict *verdict;
    struct reading *reading = hold_current(store);

    if (!index_find(reading->index, domain, &verdict))
        give(answer, STORE_FAILED, "out of memory", strlen("out of memory"));
    else if (verdict != NULL && verdict->found == INDEX_UNSURE)
        give_unsure(reading, domain, verdict, answer);
    else
        give_verdict(reading, index_names(reading->index, domain) ? domain : "*", verdict, answer);
    drop(reading);
}

size_t store_domains(struct store *store)
{
    struct reading *reading = hold_current(store);
    size_t n = index_domains(reading->index);

    drop(reading);
    return n;
}

/* --- the end --- */

void store_stop(struct store *store)
{
    (void)pthread_mutex_lock(&store->lock);
    atomic_store(&store->stop, true);
    (void)pthread_cond_broadcast(&store->asked);
    (void)pthread_mutex_unlock(&store->lock);
}

void store_free(struct store *store)
{
    if (store == NULL)
        return;
    drop(store->current);
    (void)pthread_cond_destroy(&store->asked);
    (void)pthread_mutex_destroy(&store->lock);
    free(store->file);
    free(store);
}
