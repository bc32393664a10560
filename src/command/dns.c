#include "base/buf.h"
#include "command/common.h"
#include "config/index.h"
#include "ini/section.h"
#include "policy/domain.h"
#include "policy/model.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { TTL_DEFAULT = 300, TXT_STRING_MAX = 255 };

static const char order[] =
    "; 1. Publish mta-sts.<domain>, get its certificate, and check that "
    "https://mta-sts.<domain>/.well-known/mta-sts.txt is the policy.\n"
    "; 2. Then publish _mta-sts.<domain>. After each change: the policy first, then its new id (RFC 8461 8.1).\n\n";

static const char leaving[] =
    "; Leaving MTA-STS (RFC 8461 8.3):\n"
    ";   1. Serve this policy, mode none, with a max_age of about a day. Then publish the new id below.\n"
    ";   2. Wait until all earlier policies have expired: as long as the longest max_age of any of them.\n"
    ";   3. Remove these records, then the section.\n";

/* A string of a TXT record holds 255 bytes at most (RFC 1035 3.3). */
static void print_txt(struct buf *out, const char *name, uint32_t ttl, const char *text)
{
    buf_print(out, "%s. %" PRIu32 " IN TXT", name, ttl);
    for (size_t left = strlen(text); left > 0;) {
        size_t n = left < TXT_STRING_MAX ? left : TXT_STRING_MAX;
        buf_print(out, " \"%.*s\"", (int)n, text);
        text += n;
        left -= n;
    }
    buf_print(out, "\n");
}

static void print_host(struct buf *out, const char *domain, uint32_t ttl, char *host, bool mistaken)
{
    unsigned char address[sizeof(struct in6_addr)];
    char own[DOMAIN_MAX + 1];

    if (host == NULL && !mistaken)
        buf_print(out,
                  "; " DOMAIN_POLICY_HOST_PREFIX "%s: write host = in the file (a name, or addresses) to get its record here\n",
                  domain);
    for (char *word; host != NULL && (word = section_next_word(&host)) != NULL;) {
        if (inet_pton(AF_INET, word, address) == 1)
            buf_print(out, DOMAIN_POLICY_HOST_PREFIX "%s. %" PRIu32 " IN A %s\n", domain, ttl, word);
        else if (inet_pton(AF_INET6, word, address) == 1)
            buf_print(out, DOMAIN_POLICY_HOST_PREFIX "%s. %" PRIu32 " IN AAAA %s\n", domain, ttl, word);
        else if (domain_from_host(word, own) && strcmp(own, domain) == 0)
            buf_print(out, "; " DOMAIN_POLICY_HOST_PREFIX "%s: host is this name itself; write its addresses\n", domain);
        else
            buf_print(out, DOMAIN_POLICY_HOST_PREFIX "%s. %" PRIu32 " IN CNAME %s.\n", domain, ttl, word);
    }
}

static void print_tlsrpt(struct buf *out, const char *domain, uint32_t ttl, char *list)
{
    struct buf name = { 0 }, text = { 0 };
    const char *separator = "v=TLSRPTv1; rua=";

    for (char *word; (word = section_next_word(&list)) != NULL; separator = ",")
        buf_print(&text, "%s%s", separator, word);
    buf_print(&name, "_smtp._tls.%s", domain);
    out->failed |= name.failed || text.failed;
    if (name.text != NULL && text.text != NULL)
        print_txt(out, name.text, ttl, text.text);
    buf_free(&name);
    buf_free(&text);
}

static void print_id(struct buf *out, const char *domain, uint32_t ttl, const struct index_verdict *verdict)
{
    char id[POLICY_ID_SIZE], name[DOMAIN_MAX + sizeof "_mta-sts."], text[64];

    policy_id(verdict->bytes, verdict->len, id);
    (void)snprintf(name, sizeof name, "_mta-sts.%s", domain);
    (void)snprintf(text, sizeof text, "v=STSv1; id=%s;", id);
    print_txt(out, name, ttl, text);
}

/* Prints what RECORDS make of DOMAIN, and its id if it has a policy (VERDICT, or NULL). */
static void print_made(struct buf *out, const char *domain, uint32_t ttl, struct index_records *records,
                       const struct index_verdict *verdict)
{
    if (records->leaving)
        buf_print(out, "%s", leaving);
    if (records->mistake != NULL)
        buf_print(out, "; %s: not all records, since there is a mistake\n", domain);
    print_host(out, domain, ttl, records->host, records->mistake != NULL);
    if (verdict != NULL)
        print_id(out, domain, ttl, verdict);
    else
        buf_print(out, "; _mta-sts.%s: no record, since the domain has no policy\n", domain);
    if (records->tlsrpt != NULL)
        print_tlsrpt(out, domain, ttl, records->tlsrpt);
    buf_print(out, "\n");
    command_print(out);
}

/* The records of DOMAIN. False, with a complaint, where one of them cannot be made. */
static bool print_records(struct buf *out, struct index *index, const char *domain, uint32_t ttl)
{
    const struct index_verdict *verdict = command_find_policy(index, domain, out);
    struct index_records records;

    if (verdict == NULL && !index_names(index, domain))
        return false;
    out->failed |= !index_records(index, domain, &records);
    print_made(out, domain, ttl, &records, verdict);
    if (records.mistake != NULL && verdict != NULL && !out->failed)
        command_complain(records.mistake);
    bool good = verdict != NULL && records.mistake == NULL;
    free(records.host);
    free(records.tlsrpt);
    free(records.mistake);
    return good;
}

static bool print_all(struct buf *out, struct index *index, uint32_t ttl)
{
    char domain[DOMAIN_MAX + 1];
    size_t at = 0;
    bool good = true;

    while (!out->failed && index_next_domain(index, &at, domain)) {
        if (strcmp(domain, "*") == 0)
            buf_print(out, "; [*]: name a domain that it answers for to get its records: mta-sts dns DOMAIN\n\n");
        else
            good &= print_records(out, index, domain, ttl);
    }
    return good;
}

static bool print_named(struct buf *out, struct index *index, int argc, char *argv[], uint32_t ttl)
{
    char domain[DOMAIN_MAX + 1];
    bool good = true;

    for (int i = 0; i < argc && !out->failed; i++)
        good &= command_read_domain(argv[i], domain) && print_records(out, index, domain, ttl);
    return good;
}

static bool read_ttl(const char *text, uint32_t *ttl)
{
    char *end;

    errno = 0;
    unsigned long n = strtoul(text, &end, 10);
    if (errno != 0 || text[0] < '0' || text[0] > '9' || *end != '\0' || n > INT32_MAX)
        return false;
    *ttl = (uint32_t)n;
    return true;
}

int command_dns(struct index *index, int argc, char *argv[], struct buf *out)
{
    uint32_t ttl = TTL_DEFAULT;
    int first = 1;

    if (argc > 1 && strcmp(argv[1], "-T") == 0) {
        if (argc < 3 || !read_ttl(argv[2], &ttl)) {
            command_complain("dns -T: write a TTL in seconds");
            return COMMAND_USAGE;
        }
        first = 3;
    }
    if (first < argc && argv[first][0] == '-')
        return COMMAND_USAGE;
    buf_print(out, "%s", order);
    bool good = first < argc ? print_named(out, index, argc - first, argv + first, ttl) : print_all(out, index, ttl);
    return good ? COMMAND_FINE : COMMAND_WRONG;
}
