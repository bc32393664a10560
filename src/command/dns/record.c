#include "command/dns/record.h"

#include "base/buf.h"
#include "base/list.h"
#include "config/index.h"
#include "config/verdict.h"
#include "ini/section.h"
#include "policy/domain.h"
#include "policy/model.h"
#include "policy/place.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

/* What each record is for, and when to publish it. */
struct kind {
    const char *why;
    unsigned order;
};

static const struct kind host_kind = { "the policy host: senders fetch the policy from it", 1 };
static const struct kind id_kind = { "the id of the policy: senders fetch a policy with a new id", 2 };
static const struct kind tlsrpt_kind = { "where senders send their reports about TLS", 2 };

/* Appends RECORD. Returns false if memory runs out. */
static bool add(struct dns_list *list, struct dns_record record)
{
    struct dns_record *records = list_grow(list->records, list->count, 1, &list->room, sizeof *records);

    if (records == NULL)
        return false;
    list->records = records;
    list->made += record.type != NULL;
    records[list->count++] = record;
    return true;
}

static bool add_made(struct dns_list *list, const struct kind *kind, const char *name, const char *type, const char *data,
                     uint32_t ttl)
{
    return add(list, (struct dns_record) { name, type, data, ttl, kind->order, kind->why });
}

static bool add_missing(struct dns_list *list, const char *name, const char *why)
{
    return add(list, (struct dns_record) { .name = name, .why = why });
}

/* Adds a CNAME from the name NAME to the same name below ZONE, which it writes to TARGET. */
static bool add_delegation(struct dns_list *list, const struct kind *kind, const char *name, const char *zone,
                           char target[DOMAIN_MAX + 2], uint32_t ttl)
{
    return snprintf(target, DOMAIN_MAX + 2, "%s.%s.", name, zone) < DOMAIN_MAX + 2 &&
           add_made(list, kind, name, "CNAME", target, ttl);
}

static bool add_host_word(struct dns_list *list, const char *domain, uint32_t ttl, const char *word)
{
    unsigned char address[sizeof(struct in6_addr)];
    char own[DOMAIN_MAX + 1];

    if (inet_pton(AF_INET, word, address) == 1)
        return add_made(list, &host_kind, list->host_name, "A", word, ttl);
    if (inet_pton(AF_INET6, word, address) == 1)
        return add_made(list, &host_kind, list->host_name, "AAAA", word, ttl);
    if ((domain_from_host(word, own) && strcmp(own, domain) == 0) || strcasecmp(word, list->host_name) == 0)
        return add_missing(list, list->host_name, "host is this name itself; write its addresses");
    (void)snprintf(list->targets[0], sizeof list->targets[0], "%s.", word);
    return add_made(list, &host_kind, list->host_name, "CNAME", list->targets[0], ttl);
}

static bool add_host(struct dns_list *list, const char *domain, uint32_t ttl)
{
    bool good = true;

    if (list->values.host == NULL && list->values.mistake == NULL)
        return add_missing(list, list->host_name, "write host = in the file (a name, or addresses) to get its record here");
    for (char *rest = list->values.host, *word; good && rest != NULL && (word = section_next_word(&rest)) != NULL;)
        good = add_host_word(list, domain, ttl, word);
    return good;
}

static bool add_id(struct dns_list *list, const struct index_verdict *verdict, uint32_t ttl)
{
    char id[POLICY_ID_SIZE];

    if (verdict == NULL)
        return add_missing(list, list->id_name, "no record, since the domain has no policy");
    policy_id(verdict->bytes, verdict->len, id);
    (void)snprintf(list->id, sizeof list->id, "v=STSv1; id=%s;", id);
    return add_made(list, &id_kind, list->id_name, "TXT", list->id, ttl);
}

static bool add_tlsrpt(struct dns_list *list, uint32_t ttl)
{
    const char *separator = "v=TLSRPTv1; rua=";

    for (char *rest = list->values.tlsrpt, *word; rest != NULL && (word = section_next_word(&rest)) != NULL; separator = ",")
        buf_print(&list->tlsrpt, "%s%s", separator, word);
    if (list->tlsrpt.failed)
        return false;
    return list->tlsrpt.len == 0 || add_made(list, &tlsrpt_kind, list->tlsrpt_name, "TXT", list->tlsrpt.text, ttl);
}

/* Sets the names of DOMAIN's records, below ZONE if it is not NULL. */
static void name_records(struct dns_list *list, const char *domain, const char *zone)
{
    (void)place_name(PLACE_HOST, domain, zone, list->host_name);
    (void)place_name(PLACE_ID, domain, zone, list->id_name);
    (void)place_name(PLACE_TLSRPT, domain, zone, list->tlsrpt_name);
}

/* Empties LIST, and keeps its memory for the next domain. */
static void empty(struct dns_list *list, const char *domain)
{
    list->domain = list->origin = domain;
    list->heading = NULL;
    list->count = list->made = list->tlsrpt.len = 0;
    list->leaving = false;
}

bool dns_list_make(struct dns_list *list, struct index *index, const char *domain, const char *zone,
                   const struct index_verdict *verdict, uint32_t ttl)
{
    empty(list, domain);
    name_records(list, domain, zone);
    if (zone != NULL) {
        list->origin = zone;
        list->heading = "For the operator of this zone, who keeps its records up to date:";
    }
    if (!index_records(index, domain, &list->values))
        return false;
    list->leaving = list->values.leaving;
    if (list->values.mistake != NULL && !add_missing(list, domain, "not all records, since there is a mistake"))
        return false;
    return add_host(list, domain, ttl) && add_id(list, verdict, ttl) && add_tlsrpt(list, ttl);
}

bool dns_list_delegate(struct dns_list *list, const char *domain, const char *zone, uint32_t ttl)
{
    empty(list, domain);
    name_records(list, domain, NULL);
    list->heading = "For the owner of this domain, to publish once:";
    return add_delegation(list, &host_kind, list->host_name, zone, list->targets[0], ttl) &&
           add_delegation(list, &id_kind, list->id_name, zone, list->targets[1], ttl) &&
           add_delegation(list, &tlsrpt_kind, list->tlsrpt_name, zone, list->targets[2], ttl);
}

bool dns_list_make_any(struct dns_list *list)
{
    empty(list, "*");
    return add_missing(list, "[*]", "name a domain that it answers for to get its records: mta-sts dns DOMAIN");
}

size_t dns_relative_len(const struct dns_list *list, const struct dns_record *record)
{
    return strlen(record->name) - strlen(list->origin) - 1;
}

bool dns_same(const struct dns_record *a, const struct dns_record *b)
{
    return b->type != NULL && strcmp(a->type, b->type) == 0 && strcmp(a->name, b->name) == 0;
}

bool dns_is_first(const struct dns_list *list, size_t i)
{
    if (list->records[i].type == NULL)
        return false;
    for (size_t before = 0; before < i; before++)
        if (dns_same(&list->records[i], &list->records[before]))
            return false;
    return true;
}

void dns_list_free(struct dns_list *list)
{
    index_records_free(&list->values);
    buf_free(&list->tlsrpt);
    free(list->records);
    *list = (struct dns_list) { 0 };
}
