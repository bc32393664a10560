#include "probe/update/plan.h"

#include "command/dns/record.h"
#include "policy/domain.h"
#include "policy/place.h"
#include "probe/ask/dns_answer.h"
#include "probe/read/first.h"
#include "probe/read/txt.h"
#include "read/finding.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

/* NOT_KNOWN: memory ran out. */
enum answer { NO, YES, NOT_KNOWN };

/* --- what is published, and what is wanted --- */

static bool same_address(int family, const char *a, const char *b)
{
    unsigned char first[sizeof(struct in6_addr)], second[sizeof(struct in6_addr)];
    size_t len = family == AF_INET ? sizeof(struct in_addr) : sizeof(struct in6_addr);

    return inet_pton(family, a, first) == 1 && inet_pton(family, b, second) == 1 && memcmp(first, second, len) == 0;
}

static bool same_record(const struct update_record *seen, const struct dns_record *wanted)
{
    size_t len = strlen(seen->data);

    if (strcmp(seen->type, wanted->type) != 0)
        return false;
    if (strcmp(seen->type, "A") == 0)
        return same_address(AF_INET, seen->data, wanted->data);
    if (strcmp(seen->type, "AAAA") == 0)
        return same_address(AF_INET6, seen->data, wanted->data);
    return len == strlen(wanted->data) && domain_same(seen->data, wanted->data, len);
}

/* Are the addresses, or the CNAME, those that are wanted, in any order? */
static bool same_host(const struct update_name *name)
{
    size_t found = 0;

    for (size_t i = 0; i < name->wanted_count; i++) {
        size_t k = 0;
        while (k < name->seen_count && !same_record(&name->seen[k], &name->wanted[i]))
            k++;
        if (k == name->seen_count)
            return false;
    }
    for (size_t k = 0; k < name->seen_count; k++) {
        size_t i = 0;
        while (i < name->wanted_count && !same_record(&name->seen[k], &name->wanted[i]))
            i++;
        found += i < name->wanted_count;
    }
    return found == name->seen_count;
}

/* Reads them without advice on what comes first: an id is in the plan only where that is done. */
static void read_txt(const struct probe_txt_string *strings, size_t count, struct probe_txt *txt)
{
    probe_txt_read(strings, count, PROBE_FIRST_NOTHING, txt);
}

/* How the TXT records of a place are read. */
static const struct reader {
    void (*read)(const struct probe_txt_string *strings, size_t count, struct probe_txt *txt);
    bool (*is_there)(const struct probe_txt_string *strings, size_t count);
} readers[PLACES] = {
    [PLACE_ID] = { read_txt, probe_txt_is_there },
    [PLACE_TLSRPT] = { probe_tlsrpt_read, probe_tlsrpt_is_there },
};

/* Is RECORD one that senders take for one of NAME's place? */
static bool is_of_place(const struct update_name *name, const struct update_record *record)
{
    return strcmp(record->type, "TXT") == 0 && readers[name->place].is_there(record->strings, record->string_count);
}

/* The only record of NAME's place; NULL: there is none, or there are several. */
static const struct update_record *only_record(const struct update_name *name)
{
    const struct update_record *only = NULL;

    for (size_t i = 0; i < name->seen_count; i++) {
        if (!is_of_place(name, &name->seen[i]))
            continue;
        if (only != NULL)
            return NULL;
        only = &name->seen[i];
    }
    return only;
}

/* Do all senders read in the record what they would read in the one that is wanted: the same id, the same rua? */
static enum answer same_value(const struct update_name *name)
{
    const struct probe_txt_string wanted = { name->wanted[0].data, strlen(name->wanted[0].data), true };
    const struct update_record *seen = only_record(name);
    struct probe_txt ours, theirs;

    if (seen == NULL)
        return NO;
    readers[name->place].read(&wanted, 1, &ours);
    readers[name->place].read(seen->strings, seen->string_count, &theirs);
    bool failed = ours.value.failed || theirs.value.failed || theirs.findings.failed;
    bool same = theirs.findings.verdict == PROBE_OK && ours.value.len > 0 && ours.value.len == theirs.value.len &&
                memcmp(ours.value.text, theirs.value.text, ours.value.len) == 0;
    probe_txt_free(&ours);
    probe_txt_free(&theirs);
    return failed ? NOT_KNOWN : same ? YES : NO;
}

static enum answer is_same(const struct update_name *name)
{
    if (name->place == PLACE_HOST)
        return same_host(name) ? YES : NO;
    return same_value(name);
}

/* --- whose records they are --- */

/* An id is there to be moved. Any other record was chosen by somebody. */
static bool is_ours(const struct update_name *name, const struct update_record *record)
{
    return name->place == PLACE_ID && is_of_place(name, record);
}

static size_t count_ours(const struct update_name *name)
{
    size_t count = 0;

    for (size_t i = 0; i < name->seen_count; i++)
        count += is_ours(name, &name->seen[i]);
    return count;
}

bool update_stays(const struct update_name *name, const struct update_record *record, bool replaces)
{
    return !replaces && !is_ours(name, record);
}

bool update_adds_cname(const struct update_name *name)
{
    return name->wanted_count > 0 && strcmp(name->wanted[0].type, "CNAME") == 0;
}

bool update_delegates(const struct update_name *name, char zone[DOMAIN_MAX + 1])
{
    char target[DOMAIN_MAX + 1];

    zone[0] = '\0';
    if (name->seen_count == 0 || strcmp(name->seen[0].type, "CNAME") != 0)
        return false;
    int len = snprintf(target, sizeof target, "%.*s", (int)strlen(name->seen[0].data) - 1, name->seen[0].data);
    return len >= 0 && len <= DOMAIN_MAX && place_zone(name->place, name->domain, target, zone);
}

/* --- the steps --- */

/* Is NAME's record of MTA-STS removed, or was it never there? */
static bool is_removed(const struct update_name *name)
{
    return name->place == PLACE_ID ? count_ours(name) == 0 : name->place == PLACE_HOST && name->seen_count == 0;
}

static enum update_step decide(const struct update_name *name, const struct update_terms *terms)
{
    if (name->is_mistaken)
        return UPDATE_MISTAKE;
    if (name->wanted_count == 0)
        return UPDATE_NOTHING;
    if (name->unknown != NULL)
        return UPDATE_UNKNOWN;
    if (terms->leaves && is_removed(name))
        return UPDATE_NOTHING;
    enum answer same = is_same(name);
    if (same == NOT_KNOWN)
        return UPDATE_UNKNOWN;
    if (same == YES && (!terms->replaces || name->place == PLACE_HOST || name->seen_count == 1))
        return UPDATE_NOTHING;
    if (!terms->replaces && name->seen_count > 0 && count_ours(name) == 0)
        return UPDATE_FOREIGN;
    if (name->beside != NULL && update_adds_cname(name))
        return UPDATE_BESIDE;
    return name->place == PLACE_ID && !terms->is_safe ? UPDATE_UNSAFE : UPDATE_CHANGE;
}

bool update_plan(const struct update_name names[PLACES], const struct update_terms *terms, enum update_step steps[PLACES])
{
    bool good = true;

    for (size_t i = 0; i < PLACES; i++) {
        steps[i] = decide(&names[i], terms);
        good &= steps[i] != UPDATE_UNKNOWN || names[i].unknown != NULL;
    }
    if (steps[PLACE_HOST] == UPDATE_CHANGE && (steps[PLACE_ID] == UPDATE_CHANGE || steps[PLACE_ID] == UPDATE_UNSAFE))
        steps[PLACE_ID] = UPDATE_HOST_FIRST;
    return good;
}
