/* For fuzz_fastcgi and fuzz_receive: a connection on which the program reads a script's stream, and the answers that come back.
 */
#ifndef FASTCGI_TALK_H
#define FASTCGI_TALK_H

#include "fastcgi_script.h"
#include "serve/handler.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TALK_MAX = 1 << 21 };

/* All that came back. */
struct talk {
    uint8_t answer[TALK_MAX];
    size_t len;
};

/* Sends the stream to HANDLER in pieces of up to MOST bytes (0: as large as they go); SMALL: its answers have little room. */
void talk_run(struct talk *talk, struct handler *handler, const struct script *script, unsigned most, bool small);

/* How large the pieces are, and how much room the answers have, by the next bytes of SCRIPT. */
unsigned talk_draw(struct script *script, bool *small);

/* Reads the records at *AT up to one of the type END, all of request ID. Writes their STDOUT to TEXT, TALK_MAX bytes; returns its
 * length. */
size_t talk_read(const struct talk *talk, size_t *at, unsigned id, unsigned end, char *text);

#endif
