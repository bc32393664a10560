/* mta-sts, an MTA-STS policy host (RFC 8461): decides which role it was started in, and calls it. */
#include "base/buf.h"
#include "command/options.h"
#include "command/run.h"
#include "config/standard.h"
#include "serve/cgi.h"
#include "serve/confine.h"
#include "serve/fastcgi.h"
#include "serve/listen.h"
#include "serve/role.h"

#include <stdbool.h>
#include <stddef.h>

enum { FINE, WRONG, USAGE };

static int print_version(void)
{
    struct buf landlock = { 0 };

    confine_print(&landlock);
    bool good = landlock.text != NULL && options_print_version(landlock.text);
    buf_free(&landlock);
    return good ? FINE : WRONG;
}

int main(int argc, char *argv[])
{
    struct options options;
    int listener = role_listener();

    /* A front server may pass the query string as arguments (CVE-2012-1823). */
    if (listener < 0 && role_is_cgi())
        return cgi_answer(standard_file());
    switch (options_read(argc, argv, listener >= 0, &options)) {
    case OPTIONS_SERVE:
        if (listener < 0)
            listener = listen_open(&options.listen);
        return listener < 0 ? WRONG : serve_fastcgi(listener, options.file, options.threads);
    case OPTIONS_COMMAND:
        return command_run(options.file, options.is_default, options.other, options.argc, options.argv);
    case OPTIONS_HELP:
        return options_print_usage(stdout) ? FINE : WRONG;
    case OPTIONS_VERSION:
        return print_version();
    case OPTIONS_NOTHING:
        (void)options_print_usage(stderr);
        return USAGE;
    case OPTIONS_WRONG:
        break;
    }
    return USAGE;
}
