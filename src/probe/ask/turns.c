#include "probe/ask/turns.h"

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How many places are remembered at which nobody is. */
enum { REMEMBERED_MAX = 256 };

/* An address at which somebody is, or waits, or which takes no connection. */
struct probe_place {
    char address[64];
    unsigned taken;
    unsigned in_vain[PROBE_TURN_PORTS]; /* connections since the last one that was taken */
    int64_t last_in_vain;
    struct probe_turn *first, **last; /* that wait */
    struct probe_place *next;
};

struct probe_turns {
    pthread_mutex_t lock;
    struct probe_place *places;
    size_t count;
};

struct probe_turns *probe_turns_new(void)
{
    struct probe_turns *turns = calloc(1, sizeof *turns);

    if (turns != NULL && pthread_mutex_init(&turns->lock, NULL) != 0) {
        free(turns);
        return NULL;
    }
    return turns;
}

void probe_turns_free(struct probe_turns *turns)
{
    if (turns == NULL)
        return;
    while (turns->places != NULL) {
        struct probe_place *place = turns->places;
        turns->places = place->next;
        free(place);
    }
    (void)pthread_mutex_destroy(&turns->lock);
    free(turns);
}

static struct probe_place *find_place(struct probe_turns *turns, const char *address)
{
    struct probe_place *place = turns->places;

    while (place != NULL && strcmp(place->address, address) != 0)
        place = place->next;
    if (place != NULL)
        return place;
    place = calloc(1, sizeof *place);
    if (place == NULL)
        return NULL;
    (void)snprintf(place->address, sizeof place->address, "%s", address);
    place->last = &place->first;
    place->next = turns->places;
    turns->places = place;
    turns->count++;
    return place;
}

bool probe_turn_ask(struct probe_turns *turns, const char *address, struct probe_turn *turn)
{
    turn->next = NULL;
    turn->place = NULL;
    atomic_store(&turn->has_come, turns == NULL);
    if (turns == NULL)
        return true;
    (void)pthread_mutex_lock(&turns->lock);
    struct probe_place *place = find_place(turns, address);
    turn->place = place;
    if (place != NULL && place->taken < PROBE_TURNS_EACH) {
        place->taken++;
        atomic_store(&turn->has_come, true);
    } else if (place != NULL) {
        *place->last = turn;
        place->last = &turn->next;
    }
    (void)pthread_mutex_unlock(&turns->lock);
    return place != NULL;
}

/* TURN leaves its place: the first that waits there is next. */
static void give_way(struct probe_place *place)
{
    struct probe_turn *next = place->first;

    if (next == NULL) {
        place->taken--;
        return;
    }
    place->first = next->next;
    if (place->first == NULL)
        place->last = &place->first;
    atomic_store(&next->has_come, true);
    next->wake(next->data);
}

static void stop_waiting(struct probe_place *place, struct probe_turn *turn)
{
    struct probe_turn **at = &place->first;

    while (*at != turn)
        at = &(*at)->next;
    *at = turn->next;
    if (*at == NULL)
        place->last = at;
}

static void drop_place(struct probe_turns *turns, struct probe_place *place)
{
    struct probe_place **at = &turns->places;

    while (*at != place)
        at = &(*at)->next;
    *at = place->next;
    turns->count--;
    free(place);
}

static bool is_remembered(const struct probe_turns *turns, const struct probe_place *place)
{
    return (place->in_vain[PROBE_TURN_HTTPS] > 0 || place->in_vain[PROBE_TURN_SMTP] > 0) && turns->count <= REMEMBERED_MAX;
}

void probe_turn_note(struct probe_turns *turns, const struct probe_turn *turn, enum probe_turn_port port, bool was_taken,
                     int64_t now)
{
    struct probe_place *place = turn->place;

    if (place == NULL)
        return;
    (void)pthread_mutex_lock(&turns->lock);
    place->in_vain[port] = was_taken ? 0 : place->in_vain[port] + 1;
    place->last_in_vain = was_taken ? place->last_in_vain : now;
    (void)pthread_mutex_unlock(&turns->lock);
}

bool probe_turn_is_silent(struct probe_turns *turns, const struct probe_turn *turn, enum probe_turn_port port, int64_t now)
{
    const struct probe_place *place = turn->place;

    if (place == NULL)
        return false;
    (void)pthread_mutex_lock(&turns->lock);
    bool silent = place->in_vain[port] >= PROBE_TURNS_IN_VAIN && now < place->last_in_vain + PROBE_TURNS_SILENT_MS;
    (void)pthread_mutex_unlock(&turns->lock);
    return silent;
}

void probe_turn_end(struct probe_turns *turns, struct probe_turn *turn)
{
    struct probe_place *place = turn->place;

    if (place == NULL)
        return;
    (void)pthread_mutex_lock(&turns->lock);
    if (atomic_load(&turn->has_come))
        give_way(place);
    else
        stop_waiting(place, turn);
    if (place->taken == 0 && !is_remembered(turns, place))
        drop_place(turns, place);
    (void)pthread_mutex_unlock(&turns->lock);
    turn->place = NULL;
    atomic_store(&turn->has_come, false);
}
