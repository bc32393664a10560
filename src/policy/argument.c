#include "policy/argument.h"
#include "base/buf.h"
#include "policy/alabel.h"
#include "policy/domain.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

typedef enum domain_fault fault_fn(const char *name, size_t len);

static bool read_name(const char *argument, fault_fn *find_fault, char normal[DOMAIN_MAX + 1], struct buf *why)
{
    size_t len = strlen(argument);

    if (len > 1 && argument[len - 1] == '.')
        len--;
    enum domain_fault fault = find_fault(argument, len);
    char ascii[DOMAIN_MAX + 1];
    if (fault == DOMAIN_FINE)
        domain_normal(argument, len, normal);
    else if (fault == DOMAIN_NOT_ASCII && alabel_name(argument, len, ascii))
        buf_print(why, "\"%s\" is not ASCII; write %s", argument, ascii);
    else
        buf_print(why, "\"%s\" %s; write %s", argument, domain_fault_phrase(fault),
                  fault == DOMAIN_NOT_ASCII ? domain_fault_advice(fault) : "a name, as in example.org");
    return fault == DOMAIN_FINE;
}

static const struct {
    const char *before; /* in any case */
    const char *after;  /* the characters that end the name */
    const char *is;
} forms[] = {
    [ARGUMENT_HOST] = { "", "", "is the policy host" },  [ARGUMENT_MAIL] = { "@", "", "is a mail address" },
    [ARGUMENT_URL] = { "https://", "/:?#", "is a URL" }, [ARGUMENT_PLAIN_URL] = { "http://", "/:?#", "is a URL" },
    [ARGUMENT_HEADER] = { "[", "]", "is a header" },
};

static enum argument_form form_of(const char *argument)
{
    for (size_t form = ARGUMENT_URL; form <= ARGUMENT_HEADER; form++) {
        size_t len = strlen(forms[form].before);
        if (strlen(argument) > len && domain_same(argument, forms[form].before, len))
            return (enum argument_form)form;
    }
    return strchr(argument, '@') != NULL ? ARGUMENT_MAIL : ARGUMENT_HOST;
}

enum argument_form argument_meant(const char *argument, char domain[DOMAIN_MAX + 1])
{
    enum argument_form form = form_of(argument);
    const char *before = forms[form].before;
    char name[DOMAIN_MAX + 1], found[DOMAIN_MAX + 1];

    argument = form == ARGUMENT_MAIL ? strchr(argument, '@') + 1 : argument + strlen(before);
    size_t len = strcspn(argument, forms[form].after);
    if (len > DOMAIN_MAX)
        return ARGUMENT_OTHER;
    domain_normal(argument, len, name);
    if (!domain_from_host(name, found)) {
        if (form == ARGUMENT_HOST || domain_policy_fault(name, len) != DOMAIN_FINE)
            return ARGUMENT_OTHER;
        domain_normal(name, len, found);
    }
    /* No policy host has a policy host. */
    while (domain_from_host(found, name))
        (void)memcpy(found, name, sizeof found);
    (void)memcpy(domain, found, sizeof found);
    return form;
}

bool argument_domain(const char *argument, char domain[DOMAIN_MAX + 1], struct buf *why)
{
    enum argument_form form = argument_meant(argument, domain);

    if (form == ARGUMENT_OTHER)
        return read_name(argument, domain_policy_fault, domain, why);
    buf_print(why, "%s %s; write %s", argument, forms[form].is, domain);
    return false;
}

bool argument_host(const char *argument, char host[DOMAIN_MAX + 1], struct buf *why)
{
    return read_name(argument, domain_fault, host, why);
}

struct named {
    const char *name;
    size_t at;
};

static int by_name(const void *a, const void *b)
{
    const struct named *x = a, *y = b;
    int order = strcmp(x->name, y->name);

    return order != 0 ? order : (x->at > y->at) - (x->at < y->at);
}

bool argument_once(const char **names, size_t *count)
{
    struct named *sorted = calloc(*count + 1, sizeof *sorted);
    size_t left = 0;

    if (sorted == NULL)
        return false;
    for (size_t i = 0; i < *count; i++)
        sorted[i] = (struct named) { names[i], i };
    qsort(sorted, *count, sizeof *sorted, by_name);
    for (size_t i = 1; i < *count; i++)
        if (strcmp(sorted[i].name, sorted[i - 1].name) == 0)
            names[sorted[i].at] = NULL;
    for (size_t i = 0; i < *count; i++)
        if (names[i] != NULL)
            names[left++] = names[i];
    *count = left;
    free(sorted);
    return true;
}
