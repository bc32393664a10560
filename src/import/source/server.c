#include "import/source/server.h"

#include "base/buf.h"
#include "import/name.h"
#include "import/reading.h"
#include "import/source/location.h"
#include "import/text.h"
#include "policy/domain.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define IMPORT_IT "import it from where it is served: mta-sts-probe --import"

static bool has_word(const struct buf *list, const char *word)
{
    for (size_t at = 0; at < list->len; at += strlen(list->text + at) + 1)
        if (strcmp(list->text + at, word) == 0)
            return true;
    return false;
}

static bool has_variable(const char *text)
{
    for (const char *at = text; (at = strchr(at, '$')) != NULL; at++)
        if (at[1] == '{' || at[1] == '_' || (domain_lower(at[1]) >= 'a' && domain_lower(at[1]) <= 'z'))
            return true;
    return false;
}

void server_refuse(struct server *server, unsigned line, const char *why)
{
    if (!server->is_quiet)
        import_refuse(server->job, server->source->name, line, why);
}

void server_take(struct server *server, const char *domain, const struct import_text *text, unsigned line, const char *doubt)
{
    if (doubt == NULL && has_variable(text->bytes.text))
        doubt = "the policy contains a variable of nginx, and cannot be read; " IMPORT_IT;
    if (server->is_quiet)
        return;
    if (doubt != NULL)
        import_unreadable(server->job, server->source->name, line, domain, doubt);
    else
        (void)import_reading(server->job, server->source->name, domain, text);
}

/* NAME, of server_name, stands for hosts that are not known here: a pattern, or the name of a policy host with a mistake. */
static bool is_pattern(const char *name)
{
    static const char prefix[] = DOMAIN_POLICY_HOST_PREFIX;
    size_t len = strlen(name);

    return name[0] == '~' || name[0] == '.' || strchr(name, '*') != NULL ||
           (len >= sizeof prefix - 1 && domain_same(name, prefix, sizeof prefix - 1));
}

/* The variable of a map is returned for the host of DOMAIN. */
static void show_map(struct server *server, const char *domain)
{
    buf_add(&server->hosts, domain, strlen(domain) + 1);
    server->job->catalogue.failed |= server->hosts.failed;
}

bool server_is_map(const struct server *server, const char *text)
{
    return has_word(&server->maps, text);
}

bool server_shows_map(const struct server *server, const char *domain)
{
    return !server->is_one || server->is_any || has_word(&server->hosts, domain);
}

/* Takes POLICY for each policy host, or the map that it is. Returns how many these are. */
static size_t take_for_hosts(struct server *server, const struct server_policy *policy, const char *doubt)
{
    bool is_map = server_is_map(server, policy->text.bytes.text), has_pattern = false;
    size_t hosts = 0;

    for (size_t at = 0; at < server->names.len; at += strlen(server->names.text + at) + 1) {
        const char *name = server->names.text + at;
        char domain[DOMAIN_MAX + 1];
        bool is_host = import_name_is_host(name, strlen(name)) && import_name(name, strlen(name), domain);
        if (is_host && is_map && doubt == NULL)
            show_map(server, domain);
        else if (is_host && !is_map)
            server_take(server, domain, &policy->text, policy->line, doubt);
        hosts += is_host;
        has_pattern |= !is_host && is_pattern(name);
    }
    server->is_any |= is_map && doubt == NULL && (has_pattern || hosts == 0);
    if (has_pattern && hosts > 0 && !is_map)
        server_refuse(
            server, policy->line,
            "a name in server_name is not that of one policy host; the policies of the hosts that it stands for are not "
            "imported: mta-sts-probe --import reads them where they are served");
    return is_map ? 1 : hosts;
}

static void take(struct server *server, const struct server_policy *policy, const char *doubt)
{
    if (take_for_hosts(server, policy, doubt) > 0)
        return;
    if (server->job->domain != NULL)
        server_take(server, server->job->domain, &policy->text, policy->line, doubt);
    else
        server_refuse(server, policy->line,
                      "no server_name with the name of a policy host is beside this policy; write --domain NAME if it is for one "
                      "domain");
}

/* What is returned outside of a location answers for all paths. */
static size_t answering(const struct server *server)
{
    for (size_t i = 0; i < server->count; i++)
        if (server->policies[i].location == 0 && server->policies[i].doubt == NULL)
            return 0;
    return location_answering(&server->locations);
}

static bool is_elsewhere(const struct server_policy *policy, size_t location)
{
    return policy->is_elsewhere || (policy->doubt == NULL && policy->location != location);
}

void server_end(struct server *server)
{
    const size_t location = answering(server);
    bool is_answered = false;

    for (size_t i = 0; i < server->count; i++)
        is_answered |= !is_elsewhere(&server->policies[i], location);
    for (size_t i = 0; i < server->count; i++) {
        struct server_policy *policy = &server->policies[i];
        const char *doubt = policy->doubt != NULL ? policy->doubt : server->doubt;
        if (!is_elsewhere(policy, location))
            take(server, policy, doubt);
        else if (!is_answered)
            take(server, policy, "another location answers for /.well-known/mta-sts.txt, or none does; " IMPORT_IT);
        import_text_free(&policy->text);
    }
    server->count = server->names.len = 0;
    server->doubt = NULL;
    server->locations = (struct locations) { 0 };
}

void server_add(struct server *server, struct import_text *text, const struct server_policy *policy)
{
    if (server->count == SERVER_POLICIES_MAX) {
        server_refuse(server, policy->line, "the server has too many policies; keep one");
        server->doubt = "the server has too many policies; keep one";
        return;
    }
    server->policies[server->count] = *policy;
    server->policies[server->count++].text = *text;
    *text = (struct import_text) { { 0 }, { 0 } };
}

void server_free(struct server *server)
{
    server->is_quiet = true;
    server_end(server);
    buf_free(&server->names);
    buf_free(&server->maps);
    buf_free(&server->hosts);
}
