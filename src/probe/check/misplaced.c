#include "probe/check/misplaced.h"

#include "policy/domain.h"
#include "probe/ask/dns.h"
#include "probe/ask/dns_answer.h"
#include "probe/check/observation.h"
#include "probe/judge/records.h"
#include "probe/judge/result.h"
#include "probe/read/first.h"
#include "probe/read/txt.h"
#include "read/finding.h"

#include <stdio.h>
#include <string.h>

enum { NAMES_MAX = 4, NAME_SIZE = 2 * DOMAIN_MAX + 32 };

/* What is looked for, and what others make of its name. */
struct kind {
    const char *own; /* as it is to be */
    const char *other[NAMES_MAX];
    bool (*is_there)(const struct probe_txt_string *strings, size_t count);
    bool is_tlsrpt;
};

static const struct kind sts = { "_mta-sts", { "_mta_sts", "mta-sts" }, probe_txt_is_there, false };
static const struct kind tlsrpt = {
    "_smtp._tls", { "_smtp_tls", "_smtp-tls", "smtp._tls", "_tls._smtp" }, probe_tlsrpt_is_there, true
};

/* Is there such a record at NAME? */
static bool is_at(const struct observation *o, const struct kind *kind, const char *name)
{
    struct probe_dns_answer answer;

    if (strlen(name) > DOMAIN_MAX || (o->context->stop != NULL && *o->context->stop))
        return false;
    probe_dns_txt(o->dns, name, &answer);
    bool found = answer.state == PROBE_DNS_FOUND && kind->is_there(answer.strings, answer.count);
    probe_dns_answer_free(&answer);
    return found;
}

/* Does a wildcard give the record at NAME? Then it is at any name beside it, too, and nobody misplaced it. */
static bool is_wildcard(const struct observation *o, const struct kind *kind, const char *name)
{
    char other[NAME_SIZE];

    (void)snprintf(other, sizeof other, "no-such-name%s", strchr(name, '.'));
    return is_at(o, kind, other);
}

static bool look(struct observation *o, const struct kind *kind, const char *name, enum probe_first first,
                 struct probe_findings *findings)
{
    char wanted[NAME_SIZE];

    if (!is_at(o, kind, name) || is_wildcard(o, kind, name))
        return false;
    (void)snprintf(wanted, sizeof wanted, "%s.%s", kind->own, o->result->domain);
    probe_judge_place(name, wanted, kind->own, kind->is_tlsrpt, first, findings);
    return true;
}

/* Where the whole name was entered, and the form added the name of the zone: the domain, or one above it that has a dot. */
static bool look_below(struct observation *o, const struct kind *kind, enum probe_first first, struct probe_findings *findings)
{
    char name[NAME_SIZE];
    const char *zone = o->result->domain;

    for (; zone != NULL && strchr(zone, '.') != NULL; zone = strchr(zone, '.') + 1) {
        (void)snprintf(name, sizeof name, "%s.%s.%s", kind->own, o->result->domain, zone);
        if (look(o, kind, name, first, findings))
            return true;
    }
    return false;
}

static void look_elsewhere(struct observation *o, const struct kind *kind, enum probe_first first,
                           struct probe_findings *findings)
{
    char name[NAME_SIZE];

    if (look_below(o, kind, first, findings))
        return;
    for (size_t i = 0; i < NAMES_MAX && kind->other[i] != NULL; i++) {
        (void)snprintf(name, sizeof name, "%s.%s", kind->other[i], o->result->domain);
        if (look(o, kind, name, first, findings))
            return;
    }
}

void probe_misplaced_txt(struct observation *observation, enum probe_first first, struct probe_check *check)
{
    look_elsewhere(observation, &sts, first, &check->findings);
}

void probe_misplaced_tlsrpt(struct observation *observation, struct probe_check *check)
{
    look_elsewhere(observation, &tlsrpt, PROBE_FIRST_NOTHING, &check->findings);
}
