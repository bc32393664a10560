#include "serve/fastcgi.h"

#include "serve/policies.h"
#include "serve/server.h"

int serve_fastcgi(int fd, const char *file, unsigned threads)
{
    struct policies policies = { 0 };
    const struct server_settings settings = {
        .listener = fd, .threads = threads, .file = file, .calls = &policies_calls, .to = &policies
    };

    return server_run(&settings);
}
