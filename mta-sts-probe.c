/* mta-sts-probe: looks at a deployment of MTA-STS (RFC 8461) as a sending mail server does. */
#include "probe/actions.h"
#include "probe/arguments.h"
#include "probe/check/context.h"
#include "probe/judge/result.h"
#include "probe/limits.h"
#include "probe/options.h"
#include <stdatomic.h>

int main(int argc, char *argv[])
{
    struct probe_settings settings;
    atomic_bool stop = false;
    int status = PROBE_STATUS_UNKNOWN;

    if (!probe_arguments_read(argc, argv, &settings))
        return status;
    settings.context.dns.sockets = probe_limits_sockets();
    if (!probe_action_asks(settings.action) || probe_context_open(&settings.context, settings.ca_file, &stop))
        status = probe_action_run(&settings);
    probe_context_close(&settings.context);
    return status;
}
