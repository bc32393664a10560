#include "probe/limits.h"

#include "probe/check/error.h"

#include <sys/resource.h>

/* EACH: sockets and random numbers of a resolver, a connection, and files that are open for a moment. */
enum { EACH = 8, OTHERS = 20 };

unsigned probe_limits_jobs(unsigned jobs)
{
    rlim_t wanted = (rlim_t)jobs * EACH + OTHERS;
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return jobs;
    if (limit.rlim_cur < limit.rlim_max) {
        const struct rlimit raised = { limit.rlim_max, limit.rlim_max };
        if (setrlimit(RLIMIT_NOFILE, &raised) == 0)
            limit = raised;
    }
    if (limit.rlim_cur >= wanted || jobs == 1)
        return jobs;
    unsigned most = limit.rlim_cur > OTHERS + EACH ? (unsigned)((limit.rlim_cur - OTHERS) / EACH) : 1;
    (void)probe_error("%u domains at once need %lu open files, but the limit here is %lu: only %u are probed at once; raise it "
                      "(ulimit -n), or write -j %u",
                      jobs, (unsigned long)wanted, (unsigned long)limit.rlim_cur, most, most);
    return most;
}
