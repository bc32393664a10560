#include "command/common.h"

#include <stdio.h>
#include <string.h>

void command_complain(const char *line)
{
    (void)fprintf(stderr, "mta-sts: %s\n", line);
}

void command_print(struct buf *out)
{
    if (out->failed || out->len == 0)
        return;
    (void)fwrite(out->text, 1, out->len, stdout);
    out->len = 0;
}

bool command_read_domain(const char *argument, char domain[DOMAIN_MAX + 1])
{
    size_t len = strlen(argument);

    if (domain_from_host(argument, domain)) {
        (void)fprintf(stderr, "mta-sts: %s is the policy host; write %s\n", argument, domain);
        return false;
    }
    if (len > 1 && argument[len - 1] == '.')
        len--;
    enum domain_fault fault = domain_policy_fault(argument, len);
    if (fault != DOMAIN_FINE) {
        (void)fprintf(stderr, "mta-sts: \"%s\" %s; write a mail domain, as in example.org\n", argument,
                      domain_fault_phrase(fault));
        return false;
    }
    domain_normal(argument, len, domain);
    return true;
}

const struct index_verdict *command_find_policy(struct index *index, const char *domain, struct buf *out)
{
    const struct index_verdict *verdict;

    if (!index_find(index, domain, &verdict))
        out->failed = true;
    else if (verdict == NULL)
        (void)fprintf(stderr, "mta-sts: %s is not in the file; write a section [%s]\n", domain, domain);
    else if (verdict->found != INDEX_POLICY)
        command_complain(verdict->bytes);
    else
        return verdict;
    return NULL;
}
