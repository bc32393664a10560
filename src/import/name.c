#include "import/name.h"

#include "ini/header.h"
#include "policy/domain.h"

#include <string.h>

enum { PREFIX = sizeof DOMAIN_POLICY_HOST_PREFIX - 1 };

/* Names of folders that may be between that of a host and its document: what hosting panels and their users call them. */
static const char *const roots[] = { ".",    ".well-known", "current",   "docroot", "docs",   "htdocs",
                                     "html", "httpdocs",    "httpsdocs", "mta-sts", "public", "public_html",
                                     "site", "src",         "static",    "web",     "www" };

static bool has_prefix(const char *name, size_t len)
{
    return len > PREFIX && domain_same(name, DOMAIN_POLICY_HOST_PREFIX, PREFIX);
}

bool import_name(const char *name, size_t len, char domain[DOMAIN_MAX + 1])
{
    if (has_prefix(name, len)) {
        name += PREFIX;
        len -= PREFIX;
    }
    domain[0] = '\0';
    if (has_prefix(name, len) || memchr(name, '.', len) == NULL || domain_policy_fault(name, len) != DOMAIN_FINE ||
        header_is_nearly_defaults(name, len))
        return false;
    domain_normal(name, len, domain);
    return true;
}

bool import_name_is_host(const char *name, size_t len)
{
    char domain[DOMAIN_MAX + 1];

    return has_prefix(name, len) && import_name(name, len, domain);
}

static bool is_root(const char *name, size_t len)
{
    for (size_t i = 0; i < sizeof roots / sizeof *roots; i++)
        if (strlen(roots[i]) == len && memcmp(roots[i], name, len) == 0)
            return true;
    return false;
}

/* Goes back from END, the end of a component of PATH or the slash behind it. Returns its length, and sets *END to its begin. */
static size_t component_before(const char *path, const char **end)
{
    const char *last = *end;

    while (last > path && last[-1] == '/')
        last--;
    *end = last;
    while (*end > path && (*end)[-1] != '/')
        --*end;
    return (size_t)(last - *end);
}

/* Returns the component of PATH that should be the name, and its length. */
static const char *name_in(const char *path, size_t *len)
{
    const char *at = path + strlen(path);

    (void)component_before(path, &at);
    do
        *len = component_before(path, &at);
    while (is_root(at, *len));
    return at;
}

bool import_name_from_path(const char *path, char domain[DOMAIN_MAX + 1])
{
    size_t len;
    const char *name = name_in(path, &len);

    domain[0] = '\0';
    return len > 0 && import_name(name, len, domain);
}

bool import_name_from_host_path(const char *path, char domain[DOMAIN_MAX + 1])
{
    size_t len;
    const char *name = name_in(path, &len);

    domain[0] = '\0';
    return len > 0 && import_name_is_host(name, len) && import_name(name, len, domain);
}
