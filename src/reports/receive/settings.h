/* What the receiver of reports is told, its defaults, and the start that CGI and FastCGI share. */
#ifndef REPORTS_RECEIVE_SETTINGS_H
#define REPORTS_RECEIVE_SETTINGS_H

#include "base/say.h"
#include "reports/receive/spool.h"

/* Of a domain in a day. A large provider of mail boxes sends some reports a day, of some kilobytes. */
#define RECEIVE_REPORTS 1000
#define RECEIVE_MEGABYTES 32
/* Three months: the longest month, three times. */
#define RECEIVE_KEPT 93
#define RECEIVE_THREADS 16

struct receive_settings {
    const char *file;   /* the policies */
    const char *folder; /* of the reports; NULL: $MTA_STS_REPORTS */
    unsigned reports, megabytes, kept, threads;
};

/*
 * Opens the folder of SETTINGS, and fills SPOOL. False on an error: a line that names the folder, and what to do, was passed to
 * SAY. The caller closes SPOOL's folder.
 */
bool receive_open(const struct receive_settings *settings, struct spool *spool, say_line *say);

#endif
