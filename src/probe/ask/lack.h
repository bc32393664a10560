/* Notes when memory runs out within libcurl and libcrypto, whose own errors often look like a fault of the server. */
#ifndef PROBE_ASK_LACK_H
#define PROBE_ASK_LACK_H

#include <stdbool.h>

/* What to do where this machine lacks something, behind what it lacks; and whole phrases. */
#define PROBE_LACK_ADVICE "; raise ulimit -n, or write a lower -j"
#define PROBE_LACK_SOMETHING "this machine is out of memory or open files" PROBE_LACK_ADVICE
#define PROBE_LACK_MEMORY "this machine is out of memory; write a lower -j"

/* Starts libcurl, and notes from now on. Call it once, before all else that uses the two libraries. False where that fails. */
bool probe_lack_init(void);

/*
 * Did memory run out since then, in any thread? It stays so: a library may have failed to set something up that is shared and not
 * set up again. Nothing that failed after that counts as the fault of a server.
 */
bool probe_lack_memory(void);

#endif
