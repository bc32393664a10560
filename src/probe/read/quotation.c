#include "probe/read/quotation.h"

#include "read/span.h"

#include <string.h>

static const char *const marks[] = { "\"", "\\\"", "'", "\xe2\x80\x9c", "\xe2\x80\x9d" };

size_t quotation_len(struct span s)
{
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        if (s.len >= strlen(marks[i]) && memcmp(s.at, marks[i], strlen(marks[i])) == 0)
            return strlen(marks[i]);
    return 0;
}

bool quotation_is_in(struct span s)
{
    for (; s.len > 0; s.at++, s.len--)
        if (quotation_len(s) > 0)
            return true;
    return false;
}
