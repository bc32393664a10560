/* A TLS report (RFC 8460 4.4), read from its JSON. What senders write in other ways than the RFC, and is clear, is forgiven. */
#ifndef REPORTS_READ_REPORT_H
#define REPORTS_READ_REPORT_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The greatest number of sessions that is believed, in each place. */
#define REPORT_SESSIONS_MAX 1000000000

/* Bounds of one report: levels of its JSON; values in it; policies. */
enum { REPORT_DEPTH_MAX = 32, REPORT_VALUES_MAX = 1000000, REPORT_BLOCKS_MAX = 1000 };

enum report_type { REPORT_STS, REPORT_TLSA, REPORT_NO_POLICY };

/* One of failure-details. Strings are "" where the report has none. */
struct report_failure {
    const char *result; /* result-type */
    const char *mx;     /* receiving-mx-hostname */
    const char *sender; /* sending-mta-ip */
    uint64_t sessions;
};

/* One of policies. */
struct report_block {
    enum report_type type;
    const char *domain; /* policy-domain */
    struct buf policy;  /* the lines of policy-string, each with CRLF; empty: there are none */
    uint64_t successful, failed;
    struct report_failure *failures;
    size_t failure_count;
};

/* Strings are as the reporter wrote them: UTF-8 of any length without a NUL. They belong to JSON. */
struct report {
    const char *submitter, *id; /* organization-name, and report-id, or "" */
    bool is_unsigned;           /* false; the caller may set it, for sums_add() */
    int64_t begin, end;         /* of its date-range, in seconds since 1970 */
    struct report_block *blocks;
    size_t block_count;
    void *json;
};

/*
 * Reads BYTES, LEN of them, into REPORT, which need not be initialised. False if they are no report, or one that is broken: why
 * is appended to WHY as a phrase that follows the file's name; its bytes may be any. Free REPORT with report_free(), also on an
 * error.
 */
bool report_read(const char *bytes, size_t len, struct report *report, struct buf *why);
void report_free(struct report *report);

/* Appends the name and the version of jansson, as it is linked at run time. */
void report_library(struct buf *out);

#endif
