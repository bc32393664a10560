/* Probes of many domains, several at once; what they find is printed in the order of the domains. */
#ifndef PROBE_RUN_H
#define PROBE_RUN_H

#include "base/buf.h"
#include "probe/ask/dns.h"
#include "probe/check/context.h"
#include "probe/check/file.h"
#include "probe/reports.h"
#include "probe/tell/format.h"
#include "probe/tell/report.h"

enum { PROBE_RUN_JOBS_MAX = 256 };

/* What is done with each domain in place of a probe whose result is printed. */
struct probe_run_way {
    /* Called in a thread. Returns what PRINT gets, and the exit status; NULL where memory runs out. */
    void *(*look)(void *data, struct probe_dns *dns, const char *domain, int *status);
    /* Called in the order of the domains, once for each that LOOK returned, which it frees. ERRORS goes to standard error. */
    void (*print)(void *data, void *looked, struct buf *out, struct buf *errors);
    /* Called once, at the end. IS_LOST: domains are missing. */
    void (*end)(void *data, bool is_lost, struct buf *out, struct buf *errors);
    void *data;
};

struct probe_run {
    const struct probe_context *context;
    struct probe_file *file;             /* NULL: none */
    const struct probe_reports *reports; /* NULL: none */
    const char *const *domains;          /* COUNT of them, in normal form; 0: those of the file */
    size_t count;
    unsigned jobs;   /* how many at once, PROBE_RUN_JOBS_MAX at most: as many threads, each with one connection at a time */
    unsigned others; /* descriptors that are in use beside those of the context */
    enum probe_format format;
    bool quiet;        /* nothing for domains that are fine */
    bool summary, bar; /* what the format has at the end; a progress bar on standard error */
    struct probe_report_options report;
    const struct probe_run_way *way; /* NULL: domains are probed, and results printed, as the members above say */
};

/*
 * Probes them and prints what was found to standard output. Returns the exit status: the worst of all domains, or unknown where
 * something could not be printed. Blocks SIGINT, SIGTERM and SIGHUP in the calling thread; the first of them stops the run.
 */
int probe_run(const struct probe_run *run);

#endif
