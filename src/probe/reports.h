/* What TLS reports say of the domains of policies.ini: mta-sts-reports is run once, and its verdicts are kept. */
#ifndef PROBE_REPORTS_H
#define PROBE_REPORTS_H

#include <stdbool.h>

struct probe_reports;

/* Options of mta-sts-reports that are passed on to it. */
enum probe_reports_option {
    PROBE_REPORTS_DAYS,
    PROBE_REPORTS_REPORTERS,
    PROBE_REPORTS_WINDOW,
    PROBE_REPORTS_AUTHSERV_ID,
    PROBE_REPORTS_OPTIONS
};

/* "--days". Constant. */
const char *probe_reports_option_text(enum probe_reports_option option);

/* What is passed on to mta-sts-reports. */
struct probe_reports_source {
    const char *program;        /* argv[0] of main(): mta-sts-reports is looked for beside it, then in PATH */
    const char *file;           /* policies.ini */
    const char *path;           /* a report, a mailbox, or a folder of these */
    const char *const *options; /* PROBE_REPORTS_OPTIONS values, which it checks; NULL: not given */
    bool quiet;                 /* no verdict on domains that are fine, and no progress bar */
};

/* Runs mta-sts-reports to its end. NULL if it gives no verdicts; why is on standard error. Call probe_reports_free(). */
struct probe_reports *probe_reports_read(const struct probe_reports_source *source);

/* The verdict on DOMAIN, as "not yet: 3 of 412 sessions failed", in ASCII; "": none. Several threads may ask at once. */
const char *probe_reports_find(const struct probe_reports *reports, const char *domain);

void probe_reports_free(struct probe_reports *reports);

#endif
