#include "probe/judge/lifetime.h"
#include <stdint.h>

enum { DAY = 86400, PART = 5, HALF = 2, LEAST = 3 * DAY, MOST = 14 * DAY };

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* An ACME client renews a certificate of 6 days when half of its time has passed, and there are some of one day. */
static int64_t warns_below(int64_t lifetime)
{
    int64_t part = lifetime / PART;

    return smaller(smaller(part > LEAST ? part : LEAST, MOST), lifetime / HALF);
}

enum probe_lifetime probe_lifetime_judge(int64_t begins, int64_t ends, int64_t now, unsigned warn_days)
{
    int64_t left = ends - now;

    if (left < 0)
        return PROBE_LIFETIME_EXPIRED;
    if (now < begins)
        return PROBE_LIFETIME_NOT_YET;
    int64_t bound = warn_days == PROBE_LIFETIME_DECIDES ? warns_below(ends - begins) : ((int64_t)warn_days + 1) * DAY;
    return left < bound ? PROBE_LIFETIME_SOON : PROBE_LIFETIME_FINE;
}
