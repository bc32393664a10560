#include "probe/ask/lack.h"

#include <curl/curl.h>
#include <openssl/crypto.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* More than the two libraries take to start. */
enum { START_BYTES = 4 << 20 };

/* The libraries pass no data to their allocators. */
static atomic_bool lacked;

static void *note(void *memory, size_t size)
{
    if (memory == NULL && size > 0)
        atomic_store(&lacked, true);
    return memory;
}

/* --- libcurl --- */

static void *take(size_t size)
{
    return note(malloc(size), size);
}

static void *take_zeroed(size_t count, size_t size)
{
    return note(calloc(count, size), count > 0 ? size : 0);
}

static void *resize(void *memory, size_t size)
{
    return note(realloc(memory, size), size);
}

static char *copy(const char *text)
{
    return note(strdup(text), 1);
}

/* --- libcrypto --- */

static void *crypto_take(size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    return size > 0 ? take(size) : NULL;
}

static void *crypto_resize(void *memory, size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    if (size > 0)
        return resize(memory, size);
    free(memory);
    return NULL;
}

static void crypto_free(void *memory, const char *file, int line)
{
    (void)file;
    (void)line;
    free(memory);
}

/* Where memory runs out within its start, libcrypto 3.5 waits for itself. Volatile, or compilers leave out what is only freed. */
static bool has_memory_to_start(void)
{
    void *volatile memory = malloc(START_BYTES);

    free(memory);
    return memory != NULL;
}

bool probe_lack_init(void)
{
    return has_memory_to_start() && CRYPTO_set_mem_functions(crypto_take, crypto_resize, crypto_free) == 1 &&
           curl_global_init_mem(CURL_GLOBAL_DEFAULT, take, free, resize, copy, take_zeroed) == CURLE_OK;
}

bool probe_lack_memory(void)
{
    return atomic_load(&lacked);
}
