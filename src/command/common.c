#include "command/common.h"

#include "base/buf.h"
#include "base/say.h"
#include "config/index.h"
#include "config/verdict.h"
#include "policy/argument.h"
#include "policy/domain.h"

#include <stdio.h>
#include <string.h>

void command_complain(const char *line)
{
    say_complain(line);
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

bool command_take_domain(const char *argument, char domain[DOMAIN_MAX + 1])
{
    return argument_meant(argument, domain) != ARGUMENT_OTHER || command_read_domain(argument, domain);
}

/* Complains that the file does not name DOMAIN. */
static void complain_of_absence(const struct index *index, const char *domain)
{
    if (strchr(domain, '.') != NULL)
        (void)fprintf(stderr, "mta-sts: %s is not in the file; write a section [%s]\n", domain, domain);
    else if (strcmp(domain, "defaults") == 0)
        command_complain("[defaults] has the values that all sections inherit, and is not served; name a domain");
    else if (index_names(index, domain))
        (void)fprintf(stderr, "mta-sts: %s is a template, for other sections to use, and is not served; name a domain\n", domain);
    else
        (void)fprintf(stderr, "mta-sts: %s is not in the file, and has no dot; name a domain, as in example.org\n", domain);
}

const struct index_verdict *command_find_policy(struct index *index, const char *domain, struct buf *out)
{
    const struct index_verdict *verdict = NULL;

    if (!index_find(index, domain, &verdict))
        out->failed = true;
    else if (verdict == NULL)
        complain_of_absence(index, domain);
    else if (verdict->found != INDEX_POLICY)
        command_complain(verdict->bytes);
    else
        return verdict;
    verdict_drop(verdict);
    return NULL;
}

bool command_names_all(struct index *index, bool mute, struct buf *out)
{
    const struct index_verdict *verdict = NULL;

    out->failed |= !index_find_lost(index, &verdict);
    bool all = verdict == NULL && !out->failed;
    if (verdict != NULL && !mute)
        command_complain(verdict->bytes);
    verdict_drop(verdict);
    return all;
}
