/* UTF-8 (RFC 3629). */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stddef.h>

/*
 * Decodes the first character of BYTES, which has LEN bytes, at least 1, into *CHARACTER. Returns its length in bytes, or 0 if
 * BYTES does not begin with a valid character (RFC 3629 4).
 */
size_t utf8_read(const unsigned char *bytes, size_t len, unsigned *character);

#endif
