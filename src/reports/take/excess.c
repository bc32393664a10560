#include "reports/take/excess.h"

#include <stdbool.h>
#include <string.h>

struct counts {
    size_t lines, parts, fields;
    size_t colons, bytes; /* of the field that is read now */
    size_t all_bytes;     /* of all fields */
};

/* Continues it the line before (RFC 5322 2.2.3)? */
static bool continues(char first)
{
    return first == ' ' || first == '\t';
}

static size_t count_colons(const char *line, size_t len)
{
    size_t count = 0;

    for (size_t i = 0; i < len; i++)
        count += line[i] == ':';
    return count;
}

/* May this line, which does not continue another one, be a header field? Lines of JSON are none that GMime looks into. */
static bool is_field(const char *line, size_t len)
{
    return line[0] != '{' && line[0] != '"' && memchr(line, ':', len) != NULL;
}

static void count_line(struct counts *counts, const char *line, size_t len, bool *in_field)
{
    counts->lines++;
    if (!continues(line[0])) {
        *in_field = is_field(line, len);
        counts->parts += len > 2 && line[0] == '-' && line[1] == '-';
        counts->fields += *in_field;
        counts->colons = counts->bytes = 0;
    }
    if (*in_field) {
        counts->colons += count_colons(line, len);
        counts->bytes += len;
        counts->all_bytes += len;
    }
}

static const char *judge(const struct counts *counts)
{
    if (counts->lines > EXCESS_LINES)
        return "is a mail of more than 100,000 lines";
    if (counts->parts > EXCESS_PARTS)
        return "is a mail of more than 1,000 parts";
    if (counts->fields > EXCESS_FIELDS)
        return "is a mail of more than 2,000 header fields";
    if (counts->colons > EXCESS_COLONS)
        return "is a mail with more than 1,000 colons in a header field";
    return counts->bytes > EXCESS_FIELD_BYTES || counts->all_bytes > EXCESS_FIELDS_BYTES
               ? "is a mail with a header field of more than 32 KB, or 256 KB of them"
               : NULL;
}

const char *excess_find(const char *bytes, size_t len)
{
    struct counts counts = { 0 };
    const char *why = NULL;
    bool in_field = false;

    for (size_t at = 0; why == NULL && at < len;) {
        const char *end = memchr(bytes + at, '\n', len - at);
        size_t line = end != NULL ? (size_t)(end + 1 - bytes) - at : len - at;
        count_line(&counts, bytes + at, line, &in_field);
        why = judge(&counts);
        at += line;
    }
    return why;
}
