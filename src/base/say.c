#include "base/say.h"

#include <stdarg.h>
#include <stdio.h>

void say(say_line *to, const char *format, ...)
{
    char line[512];
    va_list args;

    va_start(args, format);
    int n = vsnprintf(line, sizeof line, format, args);
    va_end(args);
    if (n >= 0)
        to(line);
}

void say_complain(const char *line)
{
    (void)fprintf(stderr, "mta-sts: %s\n", line);
}
