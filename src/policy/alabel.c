#include "policy/alabel.h"

#include "base/utf8.h"
#include "policy/domain.h"

#include <stdint.h>
#include <string.h>

/* RFC 3492 5. */
enum { BASE = 36, T_MIN = 1, T_MAX = 26, SKEW = 38, DAMP = 700, BIAS_FIRST = 72, ASCII_END = 128 };

enum { LABEL_MAX = 63, PREFIX_LEN = 4 };

/*
 * Letters that IDNA takes as they are: in lower case, composed, from left to right, without a rule about their neighbours (RFC
 * 5892), and the same in IDNA2003. STEP is 2 where capitals are in between.
 */
static const struct {
    unsigned first, last, step;
} letters[] = {
    { 0xE0, 0xF6, 1 },     { 0xF8, 0xFF, 1 },     { 0x101, 0x131, 2 },   { 0x135, 0x137, 2 },   { 0x13A, 0x13E, 2 },
    { 0x142, 0x148, 2 },   { 0x14B, 0x177, 2 },   { 0x17A, 0x17E, 2 },   { 0x3AC, 0x3C1, 1 },   { 0x3C3, 0x3CE, 1 },
    { 0x430, 0x45F, 1 },   { 0xE01, 0xE32, 1 },   { 0xE40, 0xE45, 1 },   { 0x3041, 0x3096, 1 }, { 0x30A1, 0x30FA, 1 },
    { 0x30FC, 0x30FC, 1 }, { 0x4E00, 0x9FA5, 1 }, { 0xAC00, 0xD7A3, 1 },
};

static bool is_letter(unsigned character)
{
    for (size_t i = 0; i < sizeof letters / sizeof *letters; i++)
        if (character >= letters[i].first && character <= letters[i].last)
            return (character - letters[i].first) % letters[i].step == 0;
    return false;
}

/* Of ASCII, what a host name has, and an asterisk. Nothing else is to get into advice: a quote would end it, a control character
 * would reach the terminal. */
static bool is_ascii_of_names(unsigned character)
{
    return (character >= '0' && character <= '9') || (character >= 'A' && character <= 'Z') ||
           (character >= 'a' && character <= 'z') || character == '-' || character == '_' || character == '*';
}

/* Decodes a label. Returns the number of its characters; 0 if one of them is neither such an ASCII character nor one of the
 * letters. */
static size_t decode(const char *label, size_t len, unsigned characters[LABEL_MAX])
{
    size_t count = 0;

    for (size_t at = 0, n; at < len; at += n) {
        unsigned character;
        n = utf8_read((const unsigned char *)label + at, len - at, &character);
        if (n == 0 || count == LABEL_MAX || !(character < ASCII_END ? is_ascii_of_names(character) : is_letter(character)))
            return 0;
        characters[count++] = character < ASCII_END ? (unsigned char)domain_lower((char)character) : character;
    }
    return count;
}

static unsigned adapt(unsigned delta, unsigned count, bool first)
{
    unsigned k = 0;

    delta /= first ? DAMP : 2;
    for (delta += delta / count; delta > (BASE - T_MIN) * T_MAX / 2; k += BASE)
        delta /= BASE - T_MIN;
    return k + (BASE - T_MIN + 1) * delta / (delta + SKEW);
}

/* Adds the digits of DELTA to OUT, at *LEN. False if they do not fit into a label. */
static bool add_digits(unsigned delta, unsigned bias, char out[LABEL_MAX], size_t *len)
{
    static const char digits[] = "abcdefghijklmnopqrstuvwxyz0123456789";

    for (unsigned k = BASE;; k += BASE) {
        unsigned t = k <= bias ? T_MIN : k >= bias + T_MAX ? T_MAX : k - bias;
        if (*len == LABEL_MAX)
            return false;
        out[(*len)++] = delta < t ? digits[delta] : digits[t + (delta - t) % (BASE - t)];
        if (delta < t)
            return true;
        delta = (delta - t) / (BASE - t);
    }
}

static unsigned next_character(const unsigned *characters, size_t count, unsigned from)
{
    unsigned least = UINT32_MAX;

    for (size_t i = 0; i < count; i++)
        if (characters[i] >= from && characters[i] < least)
            least = characters[i];
    return least;
}

/* Writes a label of COUNT characters, not all of them ASCII, to OUT (RFC 3492 6.3). Returns its length; 0 if it is too long. */
static size_t encode(const unsigned *characters, size_t count, char out[LABEL_MAX])
{
    unsigned n = ASCII_END, delta = 0, bias = BIAS_FIRST;
    size_t len = PREFIX_LEN;

    memcpy(out, "xn--", PREFIX_LEN);
    for (size_t i = 0; i < count && len < LABEL_MAX; i++)
        if (characters[i] < ASCII_END)
            out[len++] = (char)characters[i];
    if (len == LABEL_MAX)
        return 0;
    const unsigned basic = (unsigned)len - PREFIX_LEN;
    if (basic > 0)
        out[len++] = '-';
    for (unsigned done = basic; done < count; delta++, n++) {
        unsigned next = next_character(characters, count, n);
        delta += (next - n) * (done + 1);
        n = next;
        for (size_t i = 0; i < count; i++) {
            delta += characters[i] < n;
            if (characters[i] != n)
                continue;
            if (!add_digits(delta, bias, out, &len))
                return 0;
            bias = adapt(delta, done + 1, done == basic);
            done++;
            delta = 0;
        }
    }
    return len;
}

/* Writes the label to ASCII, which has room for a label. Returns its length; 0 if it is not possible, or if the label is empty.
 */
static size_t write_label(const char *label, size_t len, char ascii[LABEL_MAX])
{
    unsigned characters[LABEL_MAX];
    size_t count = decode(label, len, characters);

    if (count == 0 || count != len)
        return count > 0 ? encode(characters, count, ascii) : 0;
    for (size_t i = 0; i < count; i++)
        ascii[i] = (char)characters[i];
    return count;
}

bool alabel_name(const char *name, size_t len, char ascii[DOMAIN_MAX + 1])
{
    size_t used = 0;

    for (size_t at = 0, n; at <= len; at += n + 1) {
        char label[LABEL_MAX];
        const char *dot = at < len ? memchr(name + at, '.', len - at) : NULL;
        n = dot != NULL ? (size_t)(dot - name) - at : len - at;
        size_t size = n > 0 ? write_label(name + at, n, label) : 0;
        if ((n > 0 && size == 0) || used + size + 1 > DOMAIN_MAX)
            return false;
        memcpy(ascii + used, label, size);
        used += size;
        ascii[used++] = '.';
    }
    ascii[used - 1] = '\0';
    return true;
}
