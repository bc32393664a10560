/* The options of mta-sts-reports, and what they set. */
#ifndef REPORTS_OPTIONS_H
#define REPORTS_OPTIONS_H

#include "base/buf.h"
#include "program/colour.h"
#include "reports/receive/settings.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum reports_action { REPORTS_READ, REPORTS_RECEIVE, REPORTS_HELP, REPORTS_VERSION };

enum reports_format { REPORTS_TEXT, REPORTS_JSON, REPORTS_HTML };

struct reports_settings {
    enum reports_action action;
    enum reports_format format;
    enum colour colour;
    const char *file;      /* policies.ini; NULL: not given */
    const char *verifiers; /* as for signer_read(); NULL: signatures do not matter */
    bool quiet, verbose;
    unsigned days, reporters, window; /* how many are enough; the last WINDOW days count */
    int64_t now;                      /* seconds since 1970 */
    int listener;                     /* a listening socket; -1: there is none, and reports are not taken by HTTPS */
    struct receive_settings receive;  /* its FILE is not set */
    char **paths;                     /* COUNT of them */
    size_t count;
};

/* Reads the arguments of main() into SETTINGS. LISTENER is that of role_listener(). False if they are wrong; why is on standard
 * error. */
bool reports_options_read(int argc, char *argv[], int listener, struct reports_settings *settings);

/* Adds how to call the program, and a line for each option, to OUT. */
void reports_options_usage(struct buf *out);

/* Prints "mta-sts-reports: ", the message in a form that is safe for a terminal, and a line end to standard error. Returns 3. */
__attribute__((format(printf, 1, 2))) int reports_error(const char *format, ...);

#endif
