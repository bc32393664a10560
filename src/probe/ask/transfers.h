/* Runs many connections side by side, in one thread. For fetch.c alone. */
#ifndef PROBE_ASK_TRANSFERS_H
#define PROBE_ASK_TRANSFERS_H

#include "probe/ask/transfer.h"

/*
 * Makes the connections of the COUNT transfers in LIST, which are all set up, and fills their FETCHED. A limited number is open
 * at a time, and each takes its turn at its address.
 */
void probe_transfers_run(struct probe_transfer *list, size_t count);

#endif
