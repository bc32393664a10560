/*
 * Takes turns at addresses: of all connections of the program, PROBE_TURNS_EACH at most are open to one address at a time. Where
 * an address takes none, that is remembered for a while: many domains may share it.
 */
#ifndef PROBE_ASK_TURNS_H
#define PROBE_ASK_TURNS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum { PROBE_TURNS_EACH = 8 };

/* How many connections in a row have to wait in vain at a port until the address counts as silent there, and for how long it
 * does. */
enum { PROBE_TURNS_IN_VAIN = 2, PROBE_TURNS_SILENT_MS = 60000 };

/* The two ports that are asked. */
enum probe_turn_port { PROBE_TURN_HTTPS, PROBE_TURN_SMTP, PROBE_TURN_PORTS };

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

/* Notes at NOW, by clock_ms(), whether a connection in TURN, which has come, was taken at PORT, or waited in vain. */
void probe_turn_note(struct probe_turns *turns, const struct probe_turn *turn, enum probe_turn_port port, bool was_taken,
                     int64_t now);

/* Is the address of TURN, which has come, silent at PORT? */
bool probe_turn_is_silent(struct probe_turns *turns, const struct probe_turn *turn, enum probe_turn_port port, int64_t now);

/* Gives the turn up, whether it has come or not. Nothing happens where none was asked for. */
void probe_turn_end(struct probe_turns *turns, struct probe_turn *turn);

#endif
