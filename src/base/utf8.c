#include "base/utf8.h"

#include <stdbool.h>
#include <stddef.h>

size_t utf8_read(const unsigned char *bytes, size_t len, unsigned *character)
{
    static const struct {
        unsigned char mask, lead;
        unsigned least;
    } forms[] = { { 0x80, 0, 0 }, { 0xE0, 0xC0, 0x80 }, { 0xF0, 0xE0, 0x800 }, { 0xF8, 0xF0, 0x10000 } };
    size_t more = 0;

    while (more < 4 && (bytes[0] & forms[more].mask) != forms[more].lead)
        more++;
    if (more == 4 || more >= len)
        return 0;
    *character = bytes[0] & ~(unsigned)forms[more].mask;
    for (size_t i = 1; i <= more; i++) {
        if ((bytes[i] & 0xC0) != 0x80)
            return 0;
        *character = *character << 6 | (bytes[i] & 0x3F);
    }
    bool surrogate = *character >= 0xD800 && *character <= 0xDFFF;
    return *character < forms[more].least || *character > 0x10FFFF || surrogate ? 0 : more + 1;
}
