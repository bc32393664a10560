/* Probes of many domains, several at once; what they find is printed in the order of the domains. */
#ifndef PROBE_RUN_H
#define PROBE_RUN_H

#include "probe/check/context.h"
#include "probe/check/file.h"
#include "probe/tell/format.h"
#include "probe/tell/report.h"

enum { PROBE_RUN_JOBS_MAX = 256 };

/* Does what a run is for with one DOMAIN, in place of probe_domain(), and returns the exit status. Several threads call it. */
typedef int probe_run_fn(void *to, const struct probe_context *context, struct probe_dns *dns, const char *domain);

struct probe_run {
    const struct probe_context *context;
    probe_run_fn *each;         /* NULL: each domain is probed, and the result printed */
    void *to;                   /* the first argument of EACH */
    struct probe_file *file;    /* NULL: none */
    const char *const *domains; /* COUNT of them, in normal form; 0: those of the file */
    size_t count;
    unsigned jobs; /* how many at once, PROBE_RUN_JOBS_MAX at most: as many threads, each with one connection at a time */
    enum probe_format format;
    bool quiet;        /* nothing for domains that are fine */
    bool summary, bar; /* what the format has at the end; a progress bar on standard error */
    struct probe_report_options report;
};

/*
 * Probes them and prints what was found to standard output. Returns the exit status: the worst of all domains, or unknown where
 * something could not be printed. Blocks SIGINT, SIGTERM and SIGHUP in the calling thread; the first of them stops the run.
 */
int probe_run(const struct probe_run *run);

#endif
