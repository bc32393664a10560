#include "serve/body.h"

#include "base/clock.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

enum { AWAY_MS = 5000 };

long long body_length(void)
{
    const char *text = getenv("CONTENT_LENGTH");

    /* Apache passes a chunked body on without its length, against RFC 3875 4.1.2. */
    return text != NULL ? strtoll(text, NULL, 10) : getenv("HTTP_TRANSFER_ENCODING") != NULL ? LLONG_MAX : 0;
}

bool body_read(long long left, int64_t ms, bool (*take)(void *to, const unsigned char *bytes, size_t len), void *to)
{
    int64_t end = clock_ms() + ms;
    unsigned char bytes[16384];

    while (left > 0) {
        struct pollfd input = { STDIN_FILENO, POLLIN, 0 };
        int64_t wait = end - clock_ms();
        int ready = wait > 0 ? poll(&input, 1, (int)wait) : 0;
        if (ready <= 0) {
            errno = ready == 0 ? ETIMEDOUT : errno;
            return false;
        }
        size_t most = left < (long long)sizeof bytes ? (size_t)left : sizeof bytes;
        ssize_t n = read(STDIN_FILENO, bytes, most);
        if (n <= 0)
            return n == 0;
        left -= n;
        if (take != NULL && !take(to, bytes, (size_t)n))
            return true;
    }
    return true;
}

void body_read_away(void)
{
    (void)body_read(body_length(), AWAY_MS, NULL, NULL);
}
