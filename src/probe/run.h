/* The probe of many domains: so many at once, told in their order. Floor 9. */
#ifndef PROBE_RUN_H
#define PROBE_RUN_H

#include "probe/read/result.h"
#include "probe/tell/report.h"
#include "probe/wanted.h"

/* Each of a thread's probes holds one connection at a time. */
enum { PROBE_RUN_JOBS_DEFAULT = 16, PROBE_RUN_JOBS_MAX = 256 };

struct probe_run {
    const struct probe_options *options;
    struct probe_file *file;    /* NULL: none */
    const char *const *domains; /* COUNT of them, in normal form; 0: those of the file */
    size_t count;
    unsigned jobs; /* at once */
    bool json, quiet, summary, bar;
    struct probe_report_options report;
    atomic_bool *stop; /* is set by SIGINT, SIGTERM and SIGHUP, which are blocked in the calling thread after this */
};

/* Looks at them and prints what was found to standard output. The exit status: the worst of all. */
int probe_run(const struct probe_run *run);

#endif
