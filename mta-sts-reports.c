/* mta-sts-reports: reads TLS reports (RFC 8460), and says of each domain whether mode enforce is safe; or takes them by HTTPS. */
#include "base/log.h"
#include "reports/options.h"
#include "reports/receive/cgi.h"
#include "reports/run.h"
#include "serve/role.h"

enum { UNKNOWN = 3 };

const char log_program[] = "mta-sts-reports";

int main(int argc, char *argv[])
{
    struct reports_settings settings;
    const int listener = role_listener();

    /* A front server may pass the query string as arguments (CVE-2012-1823). */
    if (listener < 0 && role_is_cgi())
        return receive_cgi();
    return reports_options_read(argc, argv, listener, &settings) ? reports_run(&settings) : UNKNOWN;
}
