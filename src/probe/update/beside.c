#include "probe/update/beside.h"

#include "policy/domain.h"
#include "probe/ask/dns.h"
#include "probe/ask/dns_answer.h"
#include "probe/update/wildcard.h"

#include <stddef.h>

static const struct type {
    const char *name;
    int number;
} types[] = {
    { "AFSDB", 18 }, { "CAA", 257 },  { "CERT", 37 },  { "DNAME", 39 },      { "HINFO", 13 }, { "HTTPS", 65 }, { "LOC", 29 },
    { "MX", 15 },    { "NAPTR", 35 }, { "NS", 2 },     { "OPENPGPKEY", 61 }, { "PTR", 12 },   { "RP", 17 },    { "SMIMEA", 53 },
    { "SPF", 99 },   { "SRV", 33 },   { "SSHFP", 44 }, { "SVCB", 64 },       { "TLSA", 52 },  { "TXT", 16 },   { "URI", 256 },
};

enum { TYPES = sizeof types / sizeof types[0] };

const char *update_beside_at(size_t i)
{
    return i < TYPES ? types[i].name : NULL;
}

/* Which of the types has NAME? Returns how many. */
static size_t ask(struct probe_dns *dns, const char *name, bool has[TYPES])
{
    struct probe_dns_answer answers[TYPES];
    struct probe_dns_question questions[TYPES];
    size_t count = 0;

    for (size_t i = 0; i < TYPES; i++)
        questions[i] = (struct probe_dns_question) { name, (enum probe_dns_type)types[i].number, &answers[i] };
    probe_dns_ask(dns, questions, TYPES);
    for (size_t i = 0; i < TYPES; i++) {
        has[i] = answers[i].state == PROBE_DNS_FOUND && answers[i].alias == NULL;
        count += has[i];
        probe_dns_answer_free(&answers[i]);
    }
    return count;
}

const char *update_beside_find(struct probe_dns *dns, const char *name)
{
    bool has[TYPES], made_up[TYPES] = { false };
    char below[DOMAIN_MAX + 1];

    if (ask(dns, name, has) == 0)
        return NULL;
    if (update_wildcard_below(name, below))
        (void)ask(dns, below, made_up);
    for (size_t i = 0; i < TYPES; i++)
        if (has[i] && !made_up[i])
            return types[i].name;
    return NULL;
}
