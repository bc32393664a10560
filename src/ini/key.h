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
    KEY_ANY /* no key; in a problem: any key may be concerned */
};

/* Returns the name of KEY, or NULL for KEY_ANY. Do not free it. */
const char *key_name(enum key key);

/* Writes the list of all keys, "mode, mx ... and tlsrpt", to LIST, for a message. */
#define KEY_LIST_SIZE 64
void key_list(char list[KEY_LIST_SIZE]);

/* Returns the key called NAME, which is in lower case, or KEY_ANY. */
enum key key_known(const char *name);

/* Returns the key that is most similar to the first word of TEXT, of LEN bytes, or KEY_ANY if none is similar. */
enum key key_nearest(const char *text, size_t len);

/* True if a mistake in KEY invalidates the policy. In host and tlsrpt it only prevents a DNS record. */
bool key_is_in_policy(enum key key);

#endif
