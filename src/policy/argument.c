#include "policy/argument.h"
#include "base/buf.h"
#include "policy/domain.h"

#include <string.h>

typedef enum domain_fault fault_fn(const char *name, size_t len);

static bool read_name(const char *argument, fault_fn *find_fault, char normal[DOMAIN_MAX + 1], struct buf *why)
{
    size_t len = strlen(argument);

    if (len > 1 && argument[len - 1] == '.')
        len--;
    enum domain_fault fault = find_fault(argument, len);
    if (fault == DOMAIN_FINE)
        domain_normal(argument, len, normal);
    else
        buf_print(why, "\"%s\" %s; write %s", argument, domain_fault_phrase(fault),
                  fault == DOMAIN_NOT_ASCII ? domain_fault_advice(fault) : "a name, as in example.org");
    return fault == DOMAIN_FINE;
}

bool argument_domain(const char *argument, char domain[DOMAIN_MAX + 1], struct buf *why)
{
    if (!domain_from_host(argument, domain))
        return read_name(argument, domain_policy_fault, domain, why);
    buf_print(why, "%s is the policy host; write %s", argument, domain);
    return false;
}

bool argument_host(const char *argument, char host[DOMAIN_MAX + 1], struct buf *why)
{
    return read_name(argument, domain_fault, host, why);
}
