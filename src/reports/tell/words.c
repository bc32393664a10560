#include "reports/tell/words.h"

#include "base/buf.h"
#include "base/utc.h"
#include "base/words.h"
#include "ini/write.h"
#include "reports/judge/sums.h"
#include "reports/judge/tally.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { NAMES_MAX = 3, DATE_LEN = 10, DIGITS_SIZE = 24 };

void words_number(uint64_t number, struct buf *out)
{
    char digits[DIGITS_SIZE];
    size_t len = (size_t)snprintf(digits, sizeof digits, "%" PRIu64, number);

    for (size_t i = 0; i < len; i++)
        buf_print(out, "%s%c", i > 0 && (len - i) % 3 == 0 ? "," : "", digits[i]);
}

void words_count(uint64_t number, const char *noun, struct buf *out)
{
    words_number(number, out);
    buf_print(out, " %s%s", noun, words_plural(number));
}

void words_date(int64_t time, struct buf *out)
{
    char text[UTC_SIZE];

    utc_write(time, text);
    buf_add(out, text, DATE_LEN);
}

void words_reporter(const struct sums *sums, const struct tally_reporter *reporter, struct buf *out)
{
    const char *name = sums_name(sums, reporter);

    if (name[0] == '\0')
        buf_print(out, "(no name)");
    else
        write_ascii(out, name, strlen(name));
}

void words_reporters(const struct sums *sums, const struct tally *tally, const struct tally_failure *failure, struct buf *out)
{
    size_t count = failure->by_count;

    for (size_t i = 0; i < count && i < NAMES_MAX; i++) {
        buf_print(out, "%s", i > 0 ? ", " : "");
        words_reporter(sums, &tally->reporters[failure->by[i].reporter], out);
    }
    if (count > NAMES_MAX)
        buf_print(out, " and %zu more", count - NAMES_MAX);
}
