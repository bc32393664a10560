#include "base/buf.h"
#include "command/common.h"
#include "config/index.h"
#include "policy/domain.h"

#include <string.h>

int command_hosts(struct index *index, int argc, char *argv[], struct buf *out)
{
    char domain[DOMAIN_MAX + 1];
    size_t at = 0;

    (void)argv;
    if (argc != 1)
        return COMMAND_USAGE;
    while (index_next_domain(index, &at, domain))
        if (strcmp(domain, "*") != 0)
            buf_print(out, DOMAIN_POLICY_HOST_PREFIX "%s\n", domain);
    return COMMAND_FINE;
}
