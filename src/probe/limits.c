#include "probe/limits.h"

#include "probe/ask/resolver.h"
#include "probe/check/error.h"

#include <stdbool.h>
#include <sys/resource.h>

/*
 * EACH: a domain's connections, and files that are open for a moment. The resolver's sockets are one in SHARE of all descriptors:
 * LEAST of them at least, MOST at most.
 */
enum { EACH = 6, OTHERS = 12 + PROBE_DNS_DESCRIPTORS, SHARE = 5, LEAST = 4, MOST = 256 };

static bool raise_limit(struct rlimit *limit)
{
    if (getrlimit(RLIMIT_NOFILE, limit) != 0)
        return false;
    const struct rlimit raised = { limit->rlim_max, limit->rlim_max };
    if (limit->rlim_cur < limit->rlim_max && setrlimit(RLIMIT_NOFILE, &raised) == 0)
        *limit = raised;
    return true;
}

unsigned probe_limits_sockets(void)
{
    struct rlimit limit;

    if (!raise_limit(&limit) || limit.rlim_cur / SHARE >= MOST)
        return MOST;
    return limit.rlim_cur / SHARE < LEAST ? LEAST : (unsigned)(limit.rlim_cur / SHARE);
}

unsigned probe_limits_jobs(unsigned jobs, unsigned sockets)
{
    rlim_t others = (rlim_t)sockets + OTHERS, wanted = (rlim_t)jobs * EACH + others;
    struct rlimit limit;

    if (!raise_limit(&limit) || limit.rlim_cur >= wanted || jobs == 1)
        return jobs;
    unsigned most = limit.rlim_cur > others + EACH ? (unsigned)((limit.rlim_cur - others) / EACH) : 1;
    (void)probe_error("%u domains at once need %lu open files, but the limit here is %lu: only %u are probed at once; raise it "
                      "(ulimit -n), or write -j %u",
                      jobs, (unsigned long)wanted, (unsigned long)limit.rlim_cur, most, most);
    return most;
}
