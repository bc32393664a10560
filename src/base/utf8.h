/* UTF-8 (RFC 3629). */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stddef.h>

/*
 * How many of the LEN bytes at BYTES (1 at least) are the first character, which is written to *CHARACTER; 0 where they do not
 * begin with a valid one (RFC 3629 4).
 */
size_t utf8_read(const unsigned char *bytes, size_t len, unsigned *character);

#endif
