#include "config/store.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/say.h"
#include "config/index.h"
#include "config/look.h"
#include "config/snapshot.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { OPEN_WAIT_MS = 10000, OPEN_STEP_MS = 20 };

struct store {
    char *file;
    const char *only;
    say_line *say;
    /* LOCK protects CURRENT, LOOK_NOW and STOP. */
    pthread_mutex_t lock;
    pthread_cond_t asked;
    struct snapshot *current;
    bool look_now;
    atomic_bool stop;
    /* Only the watching thread uses the following: */
    struct look look;
    int64_t next_look;
    bool audited; /* the first snapshot was audited */
};

/* --- the snapshot in force --- */

static struct snapshot *hold_current(struct store *store)
{
    (void)pthread_mutex_lock(&store->lock);
    struct snapshot *snapshot = snapshot_hold(store->current);
    (void)pthread_mutex_unlock(&store->lock);
    return snapshot;
}

static void put_in_force(struct store *store, struct snapshot *snapshot)
{
    (void)pthread_mutex_lock(&store->lock);
    struct snapshot *before = store->current;
    store->current = snapshot;
    (void)pthread_mutex_unlock(&store->lock);
    snapshot_drop(before);
}

/* --- taking over --- */

static bool is_in_force(const struct store *store, const char *text, size_t size)
{
    size_t current_size;

    if (store->current == NULL)
        return false;
    const char *current = index_text(snapshot_index(store->current), &current_size);
    return current_size == size && memcmp(current, text, size) == 0;
}

static void say_read(struct store *store)
{
    size_t domains = index_domains(snapshot_index(store->current));

    say(store->say, "%s: read again: %zu domain%s", store->file, domains, domains == 1 ? "" : "s");
}

/* Makes a snapshot of TEXT, which it owns or frees, and puts it in force. On an error reports it and returns false. */
static bool take(struct store *store, char *text, size_t size)
{
    struct index *index = index_new(text, size, store->file, store->only);
    struct snapshot *before = store->current;
    enum file_trouble trouble = FILE_FINE;

    if (index == NULL)
        trouble = FILE_SYSTEM;
    else if (index_sections(index) == 0)
        trouble = FILE_EMPTY;
    else if (before != NULL && index_domains(index) == 0 && index_domains(snapshot_index(before)) > 0)
        trouble = FILE_NO_DOMAINS;
    if (trouble != FILE_FINE) {
        index_free(index);
        (void)look_complain(&store->look, trouble, ENOMEM);
        return false;
    }
    struct snapshot *snapshot = snapshot_new(index);
    bool good = snapshot != NULL;
    if (good && before != NULL)
        good = snapshot_audit(snapshot, before, store->file, store->say, &store->stop);
    if (!good) {
        snapshot_drop(snapshot);
        if (!atomic_load(&store->stop))
            (void)look_complain(&store->look, FILE_SYSTEM, ENOMEM);
        return false;
    }
    put_in_force(store, snapshot);
    return true;
}

/* Looks at the file, and puts a new state in force; with FORCED any state. */
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
        if (!store->look.again || store->look.trouble != FILE_FINE)
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

/* Waits until the next look is due, store_look() asks for one, or store_stop() is called. */
static void await_look(struct store *store)
{
    bool in_time = true;

    while (in_time && !store->look_now && !atomic_load(&store->stop))
        in_time = clock_wait(&store->asked, &store->lock, store->next_look);
}

bool store_watch(struct store *store)
{
    if (!store->audited) {
        store->audited = true;
        if (!snapshot_audit(store->current, NULL, store->file, store->say, &store->stop) && !atomic_load(&store->stop))
            say(store->say, "%s: out of memory: not checked for mistakes; save it again when memory is free", store->file);
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

/* False if memory runs out. */
static bool init_locks(struct store *store)
{
    return clock_condition(&store->asked) && pthread_mutex_init(&store->lock, NULL) == 0;
}

struct store *store_open(const char *file, const char *only, say_line *to)
{
    const struct timespec step = { 0, OPEN_STEP_MS * 1000000L };
    struct store *store = calloc(1, sizeof *store);

    if (store != NULL)
        store->file = strdup(file);
    if (store == NULL || store->file == NULL || !init_locks(store)) {
        if (store != NULL)
            free(store->file);
        free(store);
        to("out of memory");
        return NULL;
    }
    store->only = only;
    store->say = to;
    store->look.file = store->file;
    store->look.say = to;
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

void store_say(struct store *store, say_line *to)
{
    store->say = store->look.say = to;
}

void store_find(struct store *store, const char *domain, struct snapshot_answer *answer)
{
    struct snapshot *snapshot = hold_current(store);

    snapshot_find(snapshot, domain, answer);
    snapshot_drop(snapshot);
}

enum snapshot_named store_names(struct store *store, const char *domain)
{
    struct snapshot *snapshot = hold_current(store);
    enum snapshot_named named = snapshot_names(snapshot, domain);

    snapshot_drop(snapshot);
    return named;
}

size_t store_domains(struct store *store)
{
    struct snapshot *snapshot = hold_current(store);
    size_t n = index_domains(snapshot_index(snapshot));

    snapshot_drop(snapshot);
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
    snapshot_drop(store->current);
    (void)pthread_cond_destroy(&store->asked);
    (void)pthread_mutex_destroy(&store->lock);
    free(store->file);
    free(store);
}
