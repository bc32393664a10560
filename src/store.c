#include "store.h"

#include "clock.h"
#include "file.h"
#include "index.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

enum {
    LOOK_EVERY_MS = 1000, /* between two looks at the file */
    QUIET_MS = 1000,      /* a file that was modified since is perhaps still being written */
    OPEN_WAIT_MS = 10000, /* how long the first reading waits for that */
    OPEN_STEP_MS = 20,
    BUSY_MS = 10000, /* after which a file that never is quiet is told of */
    PROBLEMS_SAID = 20
};

struct kept {
    char *domain;
    char *policy;
    size_t len;
};

/* One reading of the file. BEFORE is there until this one was checked: it has the last good policies. */
struct reading {
    struct index *index;
    struct reading *before;
    struct kept *kept; /* by domain: last good policies of domains that are broken in this reading */
    size_t kept_count;
    bool checked, tried;
    atomic_uint users;
};

enum outcome { LOOK_SAME, LOOK_TAKEN, LOOK_WAIT, LOOK_TROUBLE };

struct store {
    char *file;
    const char *only;
    store_say *say;
    pthread_mutex_t lock; /* for these, and each reading's BEFORE, KEPT and CHECKED */
    pthread_cond_t changed, asked;
    struct reading *current;
    bool look_now;
    atomic_bool stop;
    /* What follows is the watching thread's alone. */
    struct file_stamp tried, seen; /* of the last reading, taken or not; of the last look, with when it first saw that */
    int64_t seen_since, next_look, waiting_since; /* the last is 0 where the file is quiet */
    enum file_trouble trouble;
    int trouble_errno;
};

/* --- small things --- */

static int64_t milliseconds(const struct timespec *t)
{
    return (int64_t)t->tv_sec * 1000 + t->tv_nsec / 1000000;
}

/* By the clock that files have their times from. */
static int64_t wall_ms(void)
{
    struct timespec now = { 0 };

    (void)clock_gettime(CLOCK_REALTIME, &now); /* always there */
    return milliseconds(&now);
}

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
    while (reading != NULL && atomic_fetch_sub(&reading->users, 1) == 1) {
        struct reading *before = reading->before;
        for (size_t i = 0; i < reading->kept_count; i++) {
            free(reading->kept[i].domain);
            free(reading->kept[i].policy);
        }
        free(reading->kept);
        index_free(reading->index);
        free(reading);
        reading = before;
    }
}

static struct reading *hold(struct reading *reading)
{
    if (reading != NULL)
        atomic_fetch_add(&reading->users, 1);
    return reading;
}

/* Puts INDEX in force. */
static bool take(struct store *store, struct index *index)
{
    struct reading *reading = calloc(1, sizeof *reading);

    if (reading == NULL) {
        index_free(index);
        return false;
    }
    reading->index = index;
    atomic_init(&reading->users, 1);
    (void)pthread_mutex_lock(&store->lock);
    reading->before = store->current; /* and the use that was the store's */
    store->current = reading;
    (void)pthread_cond_broadcast(&store->changed);
    (void)pthread_mutex_unlock(&store->lock);
    return true;
}

/* --- reading the file --- */

/* Says what keeps the file from being read, once for as long as it lasts. */
static enum outcome complain(struct store *store, enum file_trouble trouble, int error)
{
    struct buf text = { 0 };

    if (store->trouble == trouble && store->trouble_errno == error)
        return LOOK_TROUBLE;
    store->trouble = trouble;
    store->trouble_errno = error;
    file_print_trouble(store->file, trouble, error, &text);
    if (store->current != NULL)
        buf_print(&text, "; what was read before stays in force");
    if (text.text != NULL)
        store->say(text.text);
    buf_free(&text);
    return LOOK_TROUBLE;
}

static enum outcome read_and_take(struct store *store)
{
    size_t size = 0;
    struct file_stamp now;
    enum file_trouble trouble;
    char *text = file_read(store->file, &size, &now, &trouble);

    if (trouble == FILE_CHANGED)
        return LOOK_WAIT;
    if (trouble == FILE_SYSTEM)
        return complain(store, trouble, errno);
    store->tried = now;
    if (trouble != FILE_FINE)
        return complain(store, trouble, 0);
    struct index *index = index_new(text, size, store->file, store->only);
    if (index == NULL)
        return complain(store, FILE_SYSTEM, ENOMEM);
    if (index_sections(index) == 0) {
        index_free(index);
        return complain(store, FILE_EMPTY, 0);
    }
    bool again = store->current != NULL;
    if (!take(store, index))
        return complain(store, FILE_SYSTEM, ENOMEM);
    store->trouble = FILE_FINE;
    if (again)
        say(store, "%s: read again: %zu domain%s", store->file, index_domains(index), index_domains(index) == 1 ? "" : "s");
    return LOOK_TAKEN;
}

/*
 * Was the file left alone long enough to be whole? By its modification time; where that lies in the future, by how long it was
 * seen as it is.
 */
static bool is_quiet(struct store *store, const struct file_stamp *now, int64_t clock)
{
    int64_t age = wall_ms() - milliseconds(&now->modified);

    if (!file_same(now, &store->seen)) {
        store->seen = *now;
        store->seen_since = clock;
    }
    if (age >= QUIET_MS || clock - store->seen_since >= QUIET_MS)
        return true;
    if (age >= 0 && clock + QUIET_MS - age < store->next_look)
        store->next_look = clock + QUIET_MS - age;
    return false;
}

/* Looks at the file; takes over what changed, or, FORCED, whatever is there. */
static enum outcome look(struct store *store, bool forced)
{
    struct stat st;
    struct file_stamp now;
    int64_t clock = clock_ms();

    store->next_look = clock + LOOK_EVERY_MS;
    if (stat(store->file, &st) != 0)
        return complain(store, FILE_SYSTEM, errno);
    file_stamp(&st, &now);
    bool same = file_same(&now, &store->tried) && store->trouble != FILE_SYSTEM;
    if (!forced && same)
        return LOOK_SAME;
    if (!forced && !is_quiet(store, &now, clock)) {
        if (store->waiting_since == 0)
            store->waiting_since = clock;
        else if (clock - store->waiting_since >= BUSY_MS)
            (void)complain(store, FILE_BUSY, 0);
        return LOOK_WAIT;
    }
    store->waiting_since = 0;
    return read_and_take(store);
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
    (void)pthread_mutex_lock(&store->lock);
    await_look(store);
    bool forced = store->look_now;
    store->look_now = false;
    (void)pthread_mutex_unlock(&store->lock);

    if (atomic_load(&store->stop))
        return false;
    if (forced)
        store->trouble = FILE_FINE; /* who asks for a look is told what it finds */
    (void)look(store, forced);
    return true;
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
    return good && pthread_cond_init(&store->changed, NULL) == 0 && pthread_mutex_init(&store->lock, NULL) == 0;
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
    int64_t end = clock_ms() + OPEN_WAIT_MS;
    enum outcome outcome = look(store, false);
    while (outcome == LOOK_WAIT && clock_ms() < end) {
        (void)nanosleep(&step, NULL);
        outcome = look(store, false);
    }
    if (outcome == LOOK_WAIT)
        (void)complain(store, FILE_BUSY, 0);
    if (outcome == LOOK_TAKEN)
        return store;
    store_free(store);
    return NULL;
}

/* --- finding --- */

static int compare_kept(const void *a, const void *b)
{
    return strcmp(((const struct kept *)a)->domain, ((const struct kept *)b)->domain);
}

static void give(struct store_answer *answer, enum store_found found, const char *bytes, size_t len)
{
    answer->found = found;
    answer->len = len < sizeof answer->bytes ? len : sizeof answer->bytes - 1;
    memcpy(answer->bytes, bytes, answer->len);
    answer->bytes[answer->len] = '\0';
}

/* Gives the policy that READING kept, if it did; else *BEFORE is the reading before it, held, or NULL. */
static bool find_kept(struct store *store, const struct reading *reading, const char *domain, struct store_answer *answer,
                      struct reading **before)
{
    struct kept wanted = { (char *)(size_t)domain, NULL, 0 };
    const struct kept *kept = NULL;

    (void)pthread_mutex_lock(&store->lock);
    if (reading->kept_count > 0)
        kept = bsearch(&wanted, reading->kept, reading->kept_count, sizeof *reading->kept, compare_kept);
    *before = kept == NULL ? hold(reading->before) : NULL;
    (void)pthread_mutex_unlock(&store->lock);
    if (kept != NULL)
        give(answer, STORE_POLICY, kept->policy, kept->len);
    return kept != NULL;
}

/* The last good policy of DOMAIN, which is broken in READING; ANSWER stays as it is where there is none. */
static void find_last_good(struct store *store, struct reading *reading, const char *domain, struct store_answer *answer)
{
    const struct index_verdict *verdict;
    struct reading *before;
    bool go_on = true;

    for (reading = hold(reading); go_on && !find_kept(store, reading, domain, answer, &before) && before != NULL;) {
        drop(reading);
        reading = before;
        if (!index_find(reading->index, domain, &verdict))
            verdict = NULL;
        if (verdict != NULL && verdict->found == INDEX_POLICY)
            give(answer, STORE_POLICY, verdict->bytes, verdict->len);
        go_on = verdict != NULL && verdict->found == INDEX_BROKEN;
    }
    drop(reading);
}

void store_find(struct store *store, const char *domain, struct store_answer *answer)
{
    const struct index_verdict *verdict;

    (void)pthread_mutex_lock(&store->lock);
    struct reading *reading = hold(store->current);
    (void)pthread_mutex_unlock(&store->lock);

    if (!index_find(reading->index, domain, &verdict))
        give(answer, STORE_FAILED, "out of memory", strlen("out of memory"));
    else if (verdict == NULL)
        give(answer, STORE_ABSENT, "", 0);
    else
        give(answer, verdict->found == INDEX_POLICY ? STORE_POLICY : STORE_BROKEN, verdict->bytes, verdict->len);
    /* What is broken may be [*], whose last good policy goes by that name. */
    if (answer->found == STORE_BROKEN)
        find_last_good(store, reading, index_names(reading->index, domain) ? domain : "*", answer);
    drop(reading);
}

size_t store_domains(struct store *store)
{
    (void)pthread_mutex_lock(&store->lock);
    size_t n = index_domains(store->current->index);
    (void)pthread_mutex_unlock(&store->lock);
    return n;
}

/* --- checking --- */

struct check {
    struct store *store;
    struct reading *reading;
    struct kept *kept;
    size_t kept_count, kept_room, problems;
    struct store_answer answer;
    bool failed;
};

static void on_problem(void *to, unsigned line, bool warning, const char *text)
{
    struct check *check = to;

    (void)line;
    (void)warning;

    if (++check->problems <= PROBLEMS_SAID)
        check->store->say(text);
}

static bool keep(struct check *check, const char *domain)
{
    if (check->kept_count == check->kept_room) {
        size_t room = check->kept_room > 0 ? check->kept_room * 2 : PROBLEMS_SAID;
        struct kept *more = realloc(check->kept, room * sizeof *more);
        if (more == NULL)
            return false;
        check->kept = more;
        check->kept_room = room;
    }
    struct kept *kept = &check->kept[check->kept_count];
    *kept = (struct kept) { strdup(domain), malloc(check->answer.len + 1), check->answer.len };
    if (kept->domain == NULL || kept->policy == NULL) {
        free(kept->domain);
        free(kept->policy);
        return false;
    }
    memcpy(kept->policy, check->answer.bytes, check->answer.len + 1);
    check->kept_count++;
    return true;
}

static void on_broken(void *to, const char *domain)
{
    struct check *check = to;

    check->answer.found = STORE_BROKEN;
    find_last_good(check->store, check->reading, domain, &check->answer);
    if (check->answer.found == STORE_POLICY && !keep(check, domain))
        check->failed = true;
}

/* READING was checked as CHECK tells: from now on it answers for itself. */
static void conclude(struct check *check, bool whole)
{
    struct reading *reading = check->reading, *before = NULL;

    if (check->kept_count > 0)
        qsort(check->kept, check->kept_count, sizeof *check->kept, compare_kept);
    (void)pthread_mutex_lock(&check->store->lock);
    reading->tried = true;
    reading->kept = check->kept;
    reading->kept_count = check->kept_count;
    if (whole && !check->failed) {
        reading->checked = true;
        before = reading->before;
        reading->before = NULL;
    }
    (void)pthread_mutex_unlock(&check->store->lock);
    drop(before);
}

static void check_reading(struct store *store, struct reading *reading)
{
    struct check *check = calloc(1, sizeof *check);

    if (check == NULL) {
        (void)pthread_mutex_lock(&store->lock);
        reading->tried = true;
        (void)pthread_mutex_unlock(&store->lock);
        return;
    }
    check->store = store;
    check->reading = reading;
    const struct index_audit audit = { check, false, on_problem, reading->before != NULL ? on_broken : NULL, &store->stop };
    bool whole = index_audit(reading->index, &audit);
    conclude(check, whole);
    if (!whole && !atomic_load(&store->stop))
        say(store, "%s: out of memory: not checked for mistakes; save it again when there is some", store->file);
    if (!whole)
        check->problems = 0; /* not all of them: who ends the program does not want to hear of it */
    if (check->problems > PROBLEMS_SAID)
        say(store, "%s: %zu more mistakes", store->file, check->problems - PROBLEMS_SAID);
    if (check->problems > 0)
        say(store, "%s: %zu mistake%s: the domains concerned keep their last good policy; those without one are answered 500",
            store->file, check->problems, check->problems == 1 ? "" : "s");
    free(check);
}

bool store_check(struct store *store)
{
    (void)pthread_mutex_lock(&store->lock);
    while (!atomic_load(&store->stop) && store->current->tried)
        (void)pthread_cond_wait(&store->changed, &store->lock);
    struct reading *reading = hold(store->current);
    (void)pthread_mutex_unlock(&store->lock);

    bool go_on = !atomic_load(&store->stop);
    if (go_on)
        check_reading(store, reading);
    drop(reading);
    return go_on;
}

void store_stop(struct store *store)
{
    (void)pthread_mutex_lock(&store->lock);
    atomic_store(&store->stop, true);
    (void)pthread_cond_broadcast(&store->changed);
    (void)pthread_cond_broadcast(&store->asked);
    (void)pthread_mutex_unlock(&store->lock);
}

void store_free(struct store *store)
{
    if (store == NULL)
        return;
    drop(store->current);
    (void)pthread_cond_destroy(&store->changed);
    (void)pthread_cond_destroy(&store->asked);
    (void)pthread_mutex_destroy(&store->lock);
    free(store->file);
    free(store);
}
