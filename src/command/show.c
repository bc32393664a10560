#include "base/buf.h"
#include "command/common.h"
#include "config/index.h"
#include "config/verdict.h"
#include "policy/domain.h"
#include <stddef.h>

int command_show(struct index *index, int argc, char *argv[], struct buf *out)
{
    char domain[DOMAIN_MAX + 1];

    if (argc != 2)
        return COMMAND_USAGE;
    const struct index_verdict *verdict = command_take_domain(argv[1], domain) ? command_find_policy(index, domain, out) : NULL;
    if (verdict == NULL)
        return COMMAND_WRONG;
    buf_add(out, verdict->bytes, verdict->len);
    verdict_drop(verdict);
    return COMMAND_FINE;
}
