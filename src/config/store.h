/*
 * The policies in force: reads policies.ini, reads it again after an edit, and keeps the last good policies of domains with a
 * mistake. Thread-safe.
 */
#ifndef CONFIG_STORE_H
#define CONFIG_STORE_H

#include "config/snapshot.h"

#include <stdbool.h>
#include <stddef.h>

struct store;

/*
 * Reads FILE and returns a store; free it with store_free(). If ONLY, a policy domain in normal form, is not NULL, only that
 * domain can be looked up; ONLY is borrowed. If FILE was modified within the last second, waits until it has not changed for a
 * second, at most 10 seconds. On an error returns NULL, and passes the reason to SAY, which gets no other message of this call.
 */
struct store *store_open(const char *file, const char *only, say_line *say);

/* From now on passes messages to TO. Call it before store_watch(). */
void store_say(struct store *store, say_line *to);

/* Looks up DOMAIN in the policies in force like snapshot_find(). It does not wait for a read of the file. */
void store_find(struct store *store, const char *domain, struct snapshot_answer *answer);

/* Does the file in force name DOMAIN? As snapshot_names(). */
enum snapshot_named store_names(struct store *store, const char *domain);

/*
 * One step of the watching thread. Call it in a separate thread until it returns false, after store_stop(). The first call
 * reports the mistakes in the file that store_open() read (the first 20). Each later call waits until a second after the last
 * look, and looks at the file. If the file has changed, it is read and audited, the last good policies are copied, and only then
 * is it put in force. Look-ups continue meanwhile.
 */
bool store_watch(struct store *store);

/* Makes the watching thread read the file now, whatever its times are (SIGHUP). */
void store_look(struct store *store);

/* Reads the file now, without a watching thread. False if the old policies are still in force. */
bool store_refresh(struct store *store);

/* Makes store_watch() return false soon: ends its wait and its audit. */
void store_stop(struct store *store);

/* Returns the number of domains in the policies in force. */
size_t store_domains(struct store *store);

void store_free(struct store *store);

#endif
