/* Takes turns at addresses: of all connections of the program, PROBE_TURNS_EACH at most are open to one address at a time. */
#ifndef PROBE_ASK_TURNS_H
#define PROBE_ASK_TURNS_H

#include <stdatomic.h>
#include <stdbool.h>

enum { PROBE_TURNS_EACH = 8 };

/* Several threads may use it at once. NULL where memory runs out. All turns are to be ended before it is freed. */
struct probe_turns;
struct probe_turns *probe_turns_new(void);
void probe_turns_free(struct probe_turns *turns);

struct probe_turn {
    void (*wake)(void *data); /* called once the turn has come, by the thread that gave way */
    void *data;
    atomic_bool has_come;
    struct probe_place *place;
    struct probe_turn *next;
};

/*
 * Asks for a turn at ADDRESS; WAKE and DATA are set. It has come at once where there is room, or where TURNS is NULL; else it
 * comes later, in the order in which they were asked for. The caller calls probe_turn_end(). False where memory runs out.
 */
bool probe_turn_ask(struct probe_turns *turns, const char *address, struct probe_turn *turn);

/* Gives the turn up, whether it has come or not. Nothing happens where none was asked for. */
void probe_turn_end(struct probe_turns *turns, struct probe_turn *turn);

#endif
