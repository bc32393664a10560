#include "reports/read/date.h"

#include "base/utc.h"

#include <stdint.h>
#include <string.h>

enum { DATE_LEN = 10, TIME_LEN = 19, HOUR = 3600, MINUTE = 60 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Reads two digits, a number of at most MOST. */
static bool read_two(const char *text, int most, int *number)
{
    if (!is_digit(text[0]) || !is_digit(text[1]))
        return false;
    *number = (text[0] - '0') * 10 + (text[1] - '0');
    return *number <= most;
}

/* Reads TEXT, what follows the seconds: a zone or nothing. *SECONDS is how far its clocks are ahead of UTC. */
static bool read_zone(const char *text, int64_t *seconds)
{
    int hours, minutes;

    *seconds = 0;
    if (text[0] == '\0' || strcmp(text, "Z") == 0 || strcmp(text, "z") == 0)
        return true;
    if ((text[0] != '+' && text[0] != '-') || !read_two(text + 1, 23, &hours))
        return false;
    const char *rest = text + 3 + (text[3] == ':');
    if (!read_two(rest, 59, &minutes) || rest[2] != '\0')
        return false;
    *seconds = (int64_t)hours * HOUR + (int64_t)minutes * MINUTE;
    if (text[0] == '-')
        *seconds = -*seconds;
    return true;
}

bool report_date_read(const char *text, int64_t *seconds)
{
    char utc[UTC_SIZE] = "0000-00-00T00:00:00Z";
    size_t len = strlen(text), copied = len == DATE_LEN ? DATE_LEN : TIME_LEN;
    int64_t ahead, time;

    if (len < copied)
        return false;
    (void)memcpy(utc, text, copied);
    if (utc[DATE_LEN] == ' ' || utc[DATE_LEN] == 't')
        utc[DATE_LEN] = 'T';
    const char *rest = text + copied;
    if (*rest == '.') {
        rest++;
        while (is_digit(*rest))
            rest++;
    }
    if (!utc_read(utc, &time) || !read_zone(rest, &ahead) || time < ahead)
        return false;
    *seconds = time - ahead;
    return true;
}
