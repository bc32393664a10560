/*
 * policies.ini in force: read, read again after an edit, and the last good policy of a domain that an edit broke. Safe to use
 * from several threads at once.
 */
#ifndef CONFIG_STORE_H
#define CONFIG_STORE_H

#include "config/snapshot.h"

#include <stdbool.h>
#include <stddef.h>

struct store;

/*
 * Reads FILE. With ONLY, a policy domain in normal form, only that one can be asked for. A file that was modified within the last
 * second is waited for until it is left alone for a second, 10 seconds at most. NULL where it cannot be read, and SAY has said
 * why; store_free() is due.
 */
struct store *store_open(const char *file, const char *only, say_line *say);

/* The policy of DOMAIN, a policy domain in normal form (RFC 8461 3.4: never another's). Waits for nothing. */
void store_find(struct store *store, const char *domain, struct snapshot_answer *answer);

/*
 * For a thread of its own, again and again until it returns false, after store_stop(). The first time it audits what store_open()
 * read, and says each mistake (the first 20). After that it waits until a second has gone by since the last look at the file,
 * looks, and takes over what changed: that is read, audited, given the last good policy of each domain that it breaks, and only
 * then in force. Answers go on meanwhile.
 */
bool store_watch(struct store *store);

/* Has that thread look now, and read the file whatever its times say: for SIGHUP. */
void store_look(struct store *store);

/* What that thread does then, at once: false where what was in force before still is. For whoever has no such thread. */
bool store_refresh(struct store *store);

/* Ends the waiting and the audit of store_watch(). */
void store_stop(struct store *store);

/* How many domains are in force. */
size_t store_domains(struct store *store);

void store_free(struct store *store);

#endif
