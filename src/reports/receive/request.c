#include "reports/receive/request.h"

#include "policy/domain.h"
#include "reports/receive/reply.h"
#include "reports/take/sink.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* --- the domain --- */

/* The path of a target in origin-form or absolute-form (RFC 9112 3.2), *LEN bytes. */
static const char *path_of(const char *target, size_t *len)
{
    const char *authority = target[0] == '/' ? NULL : strstr(target, "://");

    if (authority != NULL) {
        target = authority + strlen("://");
        target += strcspn(target, "/?#");
    }
    *len = strcspn(target, "?#");
    return target;
}

/* Front servers that pass no REQUEST_URI pass the rest of the path, or the whole. */
static const char *target_of(const struct receive_variables *variables)
{
    const char *const targets[] = { variables->uri, variables->path, variables->script };

    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++)
        if (targets[i] != NULL && targets[i][0] != '\0')
            return targets[i];
    return "";
}

static bool read_domain(const struct receive_variables *variables, char domain[DOMAIN_MAX + 1])
{
    size_t len;
    const char *path = path_of(target_of(variables), &len);

    if (len > 0 && path[len - 1] == '/')
        len--;
    size_t begin = len;
    while (begin > 0 && path[begin - 1] != '/')
        begin--;
    domain[0] = '\0';
    if (domain_policy_fault(path + begin, len - begin) != DOMAIN_FINE)
        return false;
    domain_normal(path + begin, len - begin, domain);
    /* A name without a dot may be a template of policies.ini. */
    return strchr(domain, '.') != NULL;
}

/* --- the media type --- */

/* Is TYPE, which may have parameters, that of NAME? */
static bool is_type(const char *type, const char *name)
{
    size_t len = strlen(name);

    while (*type == ' ' || *type == '\t')
        type++;
    return strlen(type) >= len && domain_same(type, name, len) && strchr("; \t", type[len]) != NULL;
}

static bool read_type(const char *type, bool *gzip)
{
    *gzip = type != NULL && is_type(type, "application/tlsrpt+gzip");
    return *gzip || (type != NULL && is_type(type, "application/tlsrpt+json"));
}

/* --- the length --- */

/* With a chunked body nginx passes an empty length, and Caddy passes -1. */
static bool read_length(const char *text, size_t *length)
{
    size_t digits = text != NULL ? strspn(text, "0123456789") : 0;

    *length = 0;
    if (digits == 0 || text[digits] != '\0')
        return false;
    for (; *text != '\0' && *length <= TAKE_BYTES_MAX; text++)
        *length = *length * 10 + (size_t)(*text - '0');
    return true;
}

enum receive_answer receive_request_read(const struct receive_variables *variables, struct receive_request *request)
{
    const bool has_domain = read_domain(variables, request->domain);
    const bool has_type = read_type(variables->type, &request->gzip);

    request->has_length = read_length(variables->length, &request->length);
    if (variables->method == NULL || strcmp(variables->method, "POST") != 0)
        return RECEIVE_METHOD;
    if (!has_domain)
        return RECEIVE_NO_DOMAIN;
    if (!has_type)
        return RECEIVE_TYPE;
    if (request->has_length && request->length == 0)
        return RECEIVE_EMPTY;
    return request->has_length && request->length > TAKE_BYTES_MAX ? RECEIVE_LARGE : RECEIVE_TAKEN;
}
