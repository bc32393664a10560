#include "probe/ask/transfers.h"

#include "base/clock.h"
#include "probe/ask/fetched.h"
#include "probe/ask/transfer.h"
#include "probe/ask/turns.h"
#include <stdatomic.h>
#include <stddef.h>

enum {
    OPEN_MAX = 64, /* connections of one run, whatever a hostile zone names */
    LOOK_MS = 200  /* how often STOP and the clock are read while waiting */
};

struct loop {
    CURLM *multi;
    struct probe_transfer *list;
    size_t count, asked, ended; /* ASKED: that have their turn, or wait for it */
    bool has_moved;             /* one has ended: another may begin */
};

static void wake(void *multi)
{
    (void)curl_multi_wakeup(multi);
}

static enum probe_turn_port port_of(const struct probe_transfer *t)
{
    return t->protocol->is_smtp ? PROBE_TURN_SMTP : PROBE_TURN_HTTPS;
}

static void end(struct loop *loop, struct probe_transfer *t)
{
    if (t->has_asked) {
        probe_turn_end(t->options->turns, &t->turn);
        loop->asked--;
    }
    t->state = PROBE_TRANSFER_ENDED;
    loop->ended++;
}

/* A connection of T has ended: another one follows with the same turn, or none. */
static void go_on(struct loop *loop, struct probe_transfer *t)
{
    loop->has_moved = true;
    t->state = PROBE_TRANSFER_WAITS;
    if (t->again == NULL || !t->again(t))
        end(loop, t);
}

static bool is_too_late(const struct probe_transfer *t)
{
    const struct probe_fetch_options *options = t->options;

    return (options->stop != NULL && atomic_load(options->stop)) || (options->limit != 0 && clock_ms() >= options->limit);
}

static void give_up(struct loop *loop, struct probe_transfer *t)
{
    const atomic_bool *stop = t->options->stop;
    bool is_stopped = stop != NULL && atomic_load(stop);

    t->fetched->outcome = PROBE_FETCH_STOPPED;
    probe_transfer_why(t, is_stopped ? "the run was stopped" : "there was no time left to ask; raise --domain-timeout");
    go_on(loop, t);
}

/* Other domains waited in vain for the same address: nobody waits for it again. */
static void take_silence(struct loop *loop, struct probe_transfer *t)
{
    t->fetched->outcome = PROBE_FETCH_SLOW;
    probe_transfer_why(t, "no connection in time, for other domains, a moment ago");
    end(loop, t);
    loop->has_moved = true;
}

/* The connection of T ended with CODE. */
static void end_connection(struct loop *loop, struct probe_transfer *t, CURLcode code)
{
    probe_transfer_end(t, loop->multi, code);
    bool was_taken = t->fetched->address[0] != '\0' && t->fetched->outcome != PROBE_FETCH_LACK;
    bool in_vain = t->fetched->address[0] == '\0' && t->fetched->outcome == PROBE_FETCH_SLOW;
    if (was_taken || in_vain)
        probe_turn_note(t->options->turns, &t->turn, port_of(t), was_taken, clock_ms());
    go_on(loop, t);
}

/* T has no connection yet. */
static void try_to_begin(struct loop *loop, struct probe_transfer *t)
{
    if (is_too_late(t)) {
        give_up(loop, t);
        return;
    }
    if (!t->has_asked && loop->asked < OPEN_MAX) {
        t->turn.wake = wake;
        t->turn.data = loop->multi;
        if (!probe_turn_ask(t->options->turns, t->address, &t->turn)) {
            end(loop, t);
            return;
        }
        t->has_asked = true;
        loop->asked++;
    }
    if (!t->has_asked || !atomic_load(&t->turn.has_come))
        return;
    if (probe_turn_is_silent(t->options->turns, &t->turn, port_of(t), clock_ms()))
        take_silence(loop, t);
    else if (probe_transfer_begin(t, loop->multi))
        t->state = PROBE_TRANSFER_OPEN;
    else
        go_on(loop, t);
}

static void begin_all(struct loop *loop)
{
    for (size_t i = 0; i < loop->count; i++)
        if (loop->list[i].state == PROBE_TRANSFER_WAITS)
            try_to_begin(loop, &loop->list[i]);
}

static void take_ended(struct loop *loop)
{
    const CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(loop->multi, &left)) != NULL) {
        CURLcode code = message->data.result;
        char *private = NULL;
        if (message->msg != CURLMSG_DONE || curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &private) != CURLE_OK)
            continue;
        void *transfer = private;
        end_connection(loop, transfer, code);
    }
}

static void end_late(struct loop *loop, bool all)
{
    for (size_t i = 0; i < loop->count; i++) {
        struct probe_transfer *t = &loop->list[i];
        bool is_over = t->state == PROBE_TRANSFER_OPEN && probe_transfer_is_over(t);
        if (t->state != PROBE_TRANSFER_OPEN || (!is_over && !all))
            continue;
        end_connection(loop, t, is_over ? CURLE_OPERATION_TIMEDOUT : CURLE_FAILED_INIT);
    }
}

void probe_transfers_run(struct probe_transfer *list, size_t count)
{
    struct loop loop = { .multi = curl_multi_init(), .list = list, .count = count };
    int running;
    bool works = loop.multi != NULL;

    while (works && loop.ended < count) {
        loop.has_moved = false;
        begin_all(&loop);
        works = curl_multi_perform(loop.multi, &running) == CURLM_OK;
        take_ended(&loop);
        end_late(&loop, !works);
        if (works && !loop.has_moved)
            works = curl_multi_poll(loop.multi, NULL, 0, LOOK_MS, NULL) == CURLM_OK;
    }
    for (size_t i = 0; i < count; i++)
        if (list[i].has_asked && list[i].state != PROBE_TRANSFER_ENDED)
            probe_turn_end(list[i].options->turns, &list[i].turn);
    (void)curl_multi_cleanup(loop.multi);
}
