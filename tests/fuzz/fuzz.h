/* For all fuzz drivers: a check, the input cut into texts, and a reader of policies that is written from RFC 8461's grammar. */
#ifndef FUZZ_H
#define FUZZ_H

#include "policy/model.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What libFuzzer calls, and what it offers. */
int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);

/* Ends the program if CONDITION is false. libFuzzer then keeps the input. */
#define CHECK(condition)                                                                                                         \
    do {                                                                                                                         \
        if (!(condition)) {                                                                                                      \
            (void)fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition);                                 \
            abort();                                                                                                             \
        }                                                                                                                        \
    } while (0)

/* The next text of the input, up to a NUL. Its memory is not larger, so that the sanitizer finds each byte read beyond it. The
 * caller frees it. */
static inline char *fuzz_text(const uint8_t **data, size_t *size)
{
    const uint8_t *nul = *size > 0 ? memchr(*data, '\0', *size) : NULL;
    size_t len = nul != NULL ? (size_t)(nul - *data) : *size, used = nul != NULL ? len + 1 : len;
    char *text = malloc(len + 1);

    CHECK(text != NULL);
    if (len > 0)
        memcpy(text, *data, len);
    text[len] = '\0';
    *data += used;
    *size -= used;
    return text;
}

/* A copy of the input, in memory of its own size. The caller frees it. */
static inline char *fuzz_copy(const uint8_t *data, size_t size)
{
    char *text = malloc(size);

    CHECK(text != NULL || size == 0);
    if (size > 0)
        memcpy(text, data, size);
    return text;
}

/* If TEXT of LEN bytes continues with WORD at *AT, sets *AT behind WORD and returns true. */
static inline bool fuzz_skip(const char *text, size_t len, size_t *at, const char *word)
{
    size_t n = strlen(word);

    if (len - *at < n || memcmp(text + *at, word, n) != 0)
        return false;
    *at += n;
    return true;
}

/* The values of a policy, read from its bytes. Returns false if it is no valid policy. MX_COUNT lines begin at offset MX. */
struct fuzz_policy {
    char mode[8];
    unsigned long max_age;
    size_t mx, mx_count;
};

static inline bool fuzz_read_policy(const char *text, size_t len, struct fuzz_policy *policy)
{
    size_t at = 0, begin;

    *policy = (struct fuzz_policy) { .max_age = 0 };
    if (!fuzz_skip(text, len, &at, "version: STSv1\r\nmode: "))
        return false;
    for (size_t n = 0; at < len && text[at] != '\r' && n < sizeof policy->mode - 1; n++)
        policy->mode[n] = text[at++];
    if (!fuzz_skip(text, len, &at, "\r\n"))
        return false;
    for (policy->mx = at; fuzz_skip(text, len, &at, "mx: "); policy->mx_count++) {
        for (begin = at; at < len && text[at] != '\r'; at++)
            if (text[at] >= 'A' && text[at] <= 'Z')
                return false;
        if (policy_mx_fault(text + begin, at - begin) != DOMAIN_FINE || !fuzz_skip(text, len, &at, "\r\n"))
            return false;
    }
    if (!fuzz_skip(text, len, &at, "max_age: "))
        return false;
    for (begin = at; at < len && at - begin < 8 && text[at] >= '0' && text[at] <= '9'; at++)
        policy->max_age = policy->max_age * 10 + (unsigned long)(text[at] - '0');
    bool none = strcmp(policy->mode, "none") == 0,
         other = strcmp(policy->mode, "testing") == 0 || strcmp(policy->mode, "enforce") == 0;
    return at > begin && policy->max_age <= POLICY_MAX_AGE_MAX && fuzz_skip(text, len, &at, "\r\n") && at == len &&
           (none || (other && policy->mx_count > 0));
}

#endif
