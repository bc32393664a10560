#include "probe/check/error.h"

#include "probe/judge/result.h"

#include <stdarg.h>
#include <stdio.h>

int probe_error(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    (void)fputs("mta-sts-probe: ", stderr);
    (void)vfprintf(stderr, format, args);
    (void)fputc('\n', stderr);
    va_end(args);
    return PROBE_STATUS_UNKNOWN;
}
