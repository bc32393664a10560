#include "probe/ask/turns.h"

#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* An address at which somebody is, or waits. */
struct probe_place {
    char address[64];
    unsigned taken;
    struct probe_turn *first, **last; /* that wait */
    struct probe_place *next;
};

struct probe_turns {
    pthread_mutex_t lock;
    struct probe_place *places;
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
    free(place);
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
    if (place->taken == 0)
        drop_place(turns, place);
    (void)pthread_mutex_unlock(&turns->lock);
    turn->place = NULL;
    atomic_store(&turn->has_come, false);
}
