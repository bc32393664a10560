/* The keys of policies.ini. Pure. */
#ifndef INI_KEY_H
#define INI_KEY_H

#include <stdbool.h>
#include <stddef.h>

enum key {
    KEY_MODE,
    KEY_MX,
    KEY_MAX_AGE,
    KEY_USE,
    KEY_HOST,
    KEY_TLSRPT,
    KEYS,
    KEY_ANY /* of a problem: it may concern any key */
};

/* The key as the file writes it; NULL for KEY_ANY. */
const char *key_name(enum key key);

/* All keys, "mode, mx ... and tlsrpt", for a message. */
#define KEY_LIST_SIZE 64
void key_list(char list[KEY_LIST_SIZE]);

/* The key of that name, in lower case, or KEY_ANY. */
enum key key_known(const char *name);

/* The key whose name is nearest to the word that TEXT, LEN bytes, begins with; KEY_ANY if none is near. */
enum key key_nearest(const char *text, size_t len);

/* Does a mistake in KEY cost the policy? One in host or tlsrpt costs a DNS record only. */
bool key_is_in_policy(enum key key);

#endif
