#include "base/utc.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { DAY = 86400, YEAR_FIRST = 1970, YEAR_LAST = 9999 };

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_in(int year, int month)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

    return days[month - 1] + (month == 2 && is_leap(year));
}

/* The days from 1970 to the first of January of YEAR. */
static int64_t days_before(int year)
{
    int64_t y = year - 1;

    return y * 365 + y / 4 - y / 100 + y / 400 - 719162;
}

/* Does TEXT have the form of PATTERN, in which 0 stands for any digit? */
static bool has_form(const char *text, const char *pattern)
{
    for (; *pattern != '\0'; pattern++, text++)
        if (*pattern == '0' ? *text < '0' || *text > '9' : *text != *pattern)
            return false;
    return *text == '\0';
}

/* The number of N digits at TEXT. */
static int number(const char *text, int n)
{
    int value = 0;

    for (int i = 0; i < n; i++)
        value = value * 10 + (text[i] - '0');
    return value;
}

bool utc_read(const char *text, int64_t *seconds)
{
    if (!has_form(text, "0000-00-00T00:00:00Z"))
        return false;
    int year = number(text, 4), month = number(text + 5, 2), day = number(text + 8, 2);
    int64_t hour = number(text + 11, 2), minute = number(text + 14, 2), second = number(text + 17, 2);
    if (year < YEAR_FIRST || month < 1 || month > 12 || day < 1 || day > days_in(year, month) || hour > 23 || minute > 59 ||
        second > 59)
        return false;
    int64_t days = days_before(year) + day - 1;
    for (int m = 1; m < month; m++)
        days += days_in(year, m);
    *seconds = days * DAY + hour * 3600 + minute * 60 + second;
    return true;
}

/* Writes the last N digits of VALUE to TEXT. */
static void put_number(char *text, int n, int64_t value)
{
    while (n > 0) {
        text[--n] = (char)('0' + value % 10);
        value /= 10;
    }
}

/* gmtime_r() and strftime() would bring the files of time zones into the static program. */
void utc_write(int64_t seconds, char text[UTC_SIZE])
{
    const int64_t last = days_before(YEAR_LAST + 1) * DAY - 1;
    const int64_t at = seconds < 0 ? 0 : seconds > last ? last : seconds;
    int64_t day = at / DAY;
    int year = YEAR_FIRST + (int)(day / 366), month = 1;

    while (days_before(year + 1) <= day)
        year++;
    day -= days_before(year);
    while (day >= days_in(year, month))
        day -= days_in(year, month++);
    memcpy(text, "0000-00-00T00:00:00Z", UTC_SIZE);
    put_number(text, 4, year);
    put_number(text + 5, 2, month);
    put_number(text + 8, 2, day + 1);
    put_number(text + 11, 2, at / 3600 % 24);
    put_number(text + 14, 2, at / 60 % 60);
    put_number(text + 17, 2, at % 60);
}
