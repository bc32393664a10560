/*
 * For fuzz_fastcgi and fuzz_receive: makes of a script, the bytes that libFuzzer offers, a stream of FastCGI requests and the
 * answers to expect. Bodies are up to 200 kB, may hold records themselves, and may end, be aborted, or stay open.
 */
#ifndef FASTCGI_SCRIPT_H
#define FASTCGI_SCRIPT_H

#include "../helpers/fastcgi.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { STREAM_MAX = 1 << 20, EXPECTED_MAX = 64 };

/* What a request asks for, and how it is answered: with policy number POLICY (0: none), and with a BODY or not. Of its own body
 * so many bytes are taken, at most, and then the answer is SCRIPT_TAKEN. */
struct asked {
    const char *host, *method, *status;
    unsigned policy;
    bool body;
    size_t takes;
};

/* Of the method that the program takes the whole body of, and of that where it leaves the rest. */
#define SCRIPT_TAKES "TAKE"
#define SCRIPT_LEAVES "LEAVE"
enum { SCRIPT_LEAVES_AFTER = 9000 };

/* How many bytes of a body were taken, and a sum of them. Zero at first. */
struct taken {
    size_t len;
    uint32_t sum;
};

/* Takes LEN more bytes, up to MOST in all. */
static inline void script_take(struct taken *taken, size_t most, const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len && taken->len < most; i++, taken->len++)
        taken->sum = (taken->sum ^ bytes[i]) * 16777619U + 1;
}

#define SCRIPT_TAKEN "Status: 201 Created\r\n\r\n%zu bytes, %08x\n"

struct script {
    const uint8_t *at, *end; /* what is left of the script */
    uint8_t bytes[STREAM_MAX];
    size_t len;
    struct expected {
        bool values; /* the answer is FCGI_GET_VALUES_RESULT, and ASKED is NULL */
        unsigned id;
        const struct asked *asked;
        struct taken taken;
    } expected[EXPECTED_MAX];
    size_t expected_count;
    bool ended; /* nothing more is answered */
};

/* Sets the stream to empty. SCRIPT has to stay. */
void script_begin(struct script *script, const uint8_t *bytes, size_t size);

/* The next byte of the script, below BELOW. After its end: 0. */
unsigned script_draw(struct script *script, unsigned below);

/* A size up to MOST, often close to that of a buffer or of a record. */
size_t script_draw_size(struct script *script, size_t most);

/* Adds a record to the stream. */
void script_add_record(struct script *script, unsigned type, unsigned id, const void *content, size_t len, unsigned padding);

/* Adds the stream of TYPE, cut into records as the script wants. Returns how many bytes they take. */
size_t script_add_stream(struct script *script, unsigned type, unsigned id, const uint8_t *bytes, size_t len);

/* Writes a variable to TO. Returns how many bytes it takes. */
size_t script_put_pair(uint8_t *to, const char *name, const char *value, size_t value_len);

/* Makes the stream of the rest of the script. Returns true if it cut the stream off somewhere near its end. */
bool script_make(struct script *script);

#endif
