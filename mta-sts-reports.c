/* mta-sts-reports: reads TLS reports (RFC 8460), and says of each domain of policies.ini whether mode enforce is safe. */
#include "reports/options.h"
#include "reports/run.h"

int main(int argc, char *argv[])
{
    struct reports_settings settings;

    return reports_options_read(argc, argv, &settings) ? reports_run(&settings) : 3;
}
