#include "command/common.h"

#include "base/buf.h"
#include "config/index.h"
#include "policy/argument.h"
#include "policy/domain.h"

#include <stdio.h>
#include <string.h>

void command_complain(const char *line)
{
    (void)fprintf(stderr, "mta-sts: %s\n", line);
}

void command_complain_of(struct buf *why)
{
    command_complain(why->failed || why->text == NULL ? "out of memory" : why->text);
    buf_free(why);
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
    struct buf why = { 0 };

    if (argument_domain(argument, domain, &why))
        return true;
    command_complain_of(&why);
    return false;
}

const struct index_verdict *command_find_policy(struct index *index, const char *domain, struct buf *out)
{
    const struct index_verdict *verdict;

    if (!index_find(index, domain, &verdict))
        out->failed = true;
    else if (verdict == NULL && strchr(domain, '.') == NULL)
        /* A section of this name would be a template. */
        (void)fprintf(stderr, "mta-sts: %s is not in the file; write a mail domain, as in example.org\n", domain);
    else if (verdict == NULL)
        (void)fprintf(stderr, "mta-sts: %s is not in the file; write a section [%s]\n", domain, domain);
    else if (verdict->found != INDEX_POLICY)
        command_complain(verdict->bytes);
    else
        return verdict;
    return NULL;
}
