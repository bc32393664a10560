#include "probe/update/published.h"

#include "base/buf.h"
#include "command/dns/quote.h"
#include "policy/domain.h"
#include "policy/place.h"
#include "probe/ask/dns.h"
#include "probe/ask/dns_answer.h"
#include "probe/update/plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SUFFIXES_AT_ONCE = 16 };

/* The types of records that stand at the names of a place; the first is CNAME, beside which there is no other. */
static const struct types {
    enum probe_dns_type list[UPDATE_TYPES_MAX];
    size_t count;
} types_at[PLACES] = {
    [PLACE_HOST] = { { PROBE_DNS_CNAME, PROBE_DNS_A, PROBE_DNS_AAAA }, 3 },
    [PLACE_ID] = { { PROBE_DNS_CNAME, PROBE_DNS_TXT }, 2 },
    [PLACE_TLSRPT] = { { PROBE_DNS_CNAME, PROBE_DNS_TXT }, 2 },
};

/* The longest records at one name, as a zone file has them: an update of 64 KB has them twice, and nsupdate's lines have 128 KB.
 * At a longer one it ends, and leaves the domains that follow as they are. */
enum { EXACT_MAX = 20000 };

static const char out_of_memory[] = "out of memory";

/* --- records --- */

/* Adds a record, and takes over DATA and EXACT. */
static void add(struct update_published *seen, const char *type, struct buf *data, struct buf *exact,
                const struct probe_txt_string *strings, size_t string_count)
{
    struct update_record *records = realloc(seen->records, (seen->count + 1) * sizeof *records);

    if (records != NULL)
        seen->records = records;
    if (records == NULL || data->failed || exact->failed || data->text == NULL || exact->text == NULL) {
        seen->unknown = out_of_memory;
        buf_free(data);
        buf_free(exact);
        return;
    }
    records[seen->count++] = (struct update_record) { type, data->text, exact->text, strings, string_count };
}

static void add_plain(struct update_published *seen, const char *type, const char *text, const char *end)
{
    struct buf data = { 0 }, exact = { 0 };

    buf_print(&data, "%s%s", text, end);
    buf_print(&exact, "%s%s", text, end);
    add(seen, type, &data, &exact, NULL, 0);
}

/* Adds the TXT record whose first string is STRINGS[0]. Returns how many strings of the COUNT it has. */
static size_t add_txt(struct update_published *seen, const struct probe_txt_string *strings, size_t count)
{
    struct buf data = { 0 }, exact = { 0 };
    size_t n = 0;

    buf_add(&data, "", 0);
    do {
        struct buf one = { 0 };
        buf_add(&one, strings[n].bytes, strings[n].len);
        if (memchr(strings[n].bytes, '\0', strings[n].len) != NULL)
            seen->unknown = "a TXT record there has a NUL byte; remove it";
        buf_add(&data, strings[n].bytes, strings[n].len);
        buf_print(&exact, "%s", n > 0 ? " " : "");
        dns_quote_txt(&exact, one.text != NULL ? one.text : "");
        exact.failed |= one.failed;
        buf_free(&one);
        n++;
    } while (n < count && !strings[n].begins);
    add(seen, "TXT", &data, &exact, strings, n);
    return n;
}

static void add_answer(struct update_published *seen, enum probe_dns_type type, const struct probe_dns_answer *answer)
{
    for (size_t i = 0; i < answer->count;) {
        if (type == PROBE_DNS_TXT) {
            i += add_txt(seen, answer->strings + i, answer->count - i);
            continue;
        }
        if (type == PROBE_DNS_CNAME)
            add_plain(seen, "CNAME", answer->targets[i], ".");
        else
            add_plain(seen, type == PROBE_DNS_A ? "A" : "AAAA", answer->addresses[i], "");
        i++;
    }
}

static size_t exact_len(const struct update_published *seen)
{
    size_t len = 0;

    for (size_t i = 0; i < seen->count; i++)
        len += strlen(seen->records[i].exact);
    return len;
}

/* Reads the answers about a name with TYPES. Where there is a CNAME, the other answers are those of its target. */
static void read_answers(struct update_published *seen, const struct types *types)
{
    size_t count = seen->answers[0].state == PROBE_DNS_FOUND ? 1 : types->count;

    for (size_t i = 0; i < count; i++) {
        const struct probe_dns_answer *answer = &seen->answers[i];
        if (answer->state == PROBE_DNS_AGAIN) {
            seen->unknown = answer->why;
            seen->is_unanswered = answer->is_unanswered;
            seen->is_elsewhere = answer->is_referral;
        } else if (i > 0 && answer->alias != NULL)
            seen->unknown = "the answers about it do not agree";
        else if (answer->state == PROBE_DNS_FOUND)
            add_answer(seen, types->list[i], answer);
    }
    if (exact_len(seen) > EXACT_MAX)
        seen->unknown = "its records are too long for an update; remove what does not belong there";
}

void update_published_ask(struct probe_dns *dns, const char *const *names, const enum place *places, size_t count,
                          struct update_published *seen)
{
    struct probe_dns_question questions[PLACES * UPDATE_TYPES_MAX] = { 0 };
    size_t asked = 0;

    for (size_t i = 0; i < count; i++) {
        const struct types *types = &types_at[places[i]];
        seen[i] = (struct update_published) { 0 };
        for (size_t k = 0; k < types->count; k++)
            questions[asked++] = (struct probe_dns_question) { names[i], types->list[k], &seen[i].answers[k] };
    }
    probe_dns_ask(dns, questions, asked);
    for (size_t i = 0; i < count; i++)
        read_answers(&seen[i], &types_at[places[i]]);
}

void update_published_free(struct update_published *seen)
{
    for (size_t i = 0; i < seen->count; i++) {
        free(seen->records[i].data);
        free(seen->records[i].exact);
    }
    free(seen->records);
    for (size_t i = 0; i < UPDATE_TYPES_MAX; i++)
        probe_dns_answer_free(&seen->answers[i]);
    *seen = (struct update_published) { 0 };
}

/* --- comparing --- */

static bool has_record(const struct update_published *seen, const struct update_record *record)
{
    for (size_t i = 0; i < seen->count; i++)
        if (strcmp(seen->records[i].type, record->type) == 0 && strcmp(seen->records[i].exact, record->exact) == 0)
            return true;
    return false;
}

bool update_published_same(const struct update_published *a, const struct update_published *b)
{
    if (a->unknown != NULL || b->unknown != NULL || a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (!has_record(b, &a->records[i]))
            return false;
    return true;
}

static bool has_address(const struct probe_dns_answer *answer, const char *address)
{
    for (size_t i = 0; i < answer->count; i++)
        if (strcmp(answer->addresses[i], address) == 0)
            return true;
    return false;
}

static bool same_addresses(const struct probe_dns_answer *a, const struct probe_dns_answer *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (!has_address(b, a->addresses[i]))
            return false;
    return true;
}

bool update_published_leads_same(const struct update_published *a, const struct update_published *b)
{
    for (size_t i = 1; i < types_at[PLACE_HOST].count; i++)
        if (a->answers[i].state != PROBE_DNS_AGAIN && b->answers[i].state != PROBE_DNS_AGAIN &&
            !same_addresses(&a->answers[i], &b->answers[i]))
            return false;
    return true;
}

/* --- zones --- */

static bool is_alias(struct probe_dns *dns, const char *name)
{
    struct probe_dns_answer answer;

    probe_dns_cname(dns, name, &answer);
    bool found = answer.state == PROBE_DNS_FOUND;
    probe_dns_answer_free(&answer);
    return found;
}

/* Is there no zone at NAME? A name with a CNAME has no SOA record of its own: the answer is about its target, which a name server
 * that has this zone alone does not find. */
static bool is_within(struct probe_dns *dns, const char *name, const struct probe_dns_answer *answer)
{
    return answer->state == PROBE_DNS_ABSENT || answer->alias != NULL ||
           (answer->state == PROBE_DNS_AGAIN && is_alias(dns, name));
}

/* Nearest first. True if none of them is a zone. */
static bool read_zone(struct probe_dns *dns, const char *const *suffixes, struct probe_dns_answer *answers, size_t count,
                      char zone[DOMAIN_MAX + 1])
{
    size_t i = 0;

    while (i < count && is_within(dns, suffixes[i], &answers[i]))
        i++;
    bool none = i == count;
    if (!none && answers[i].state == PROBE_DNS_FOUND)
        (void)snprintf(zone, DOMAIN_MAX + 1, "%s", suffixes[i]);
    for (i = 0; i < count; i++)
        probe_dns_answer_free(&answers[i]);
    return none;
}

/* Asks for NAME and the names above it, as many as are asked for at once. Returns the next one above; NULL: there is none, or it
 * need not be asked for. */
static const char *ask_suffixes(struct probe_dns *dns, const char *name, char zone[DOMAIN_MAX + 1])
{
    struct probe_dns_answer answers[SUFFIXES_AT_ONCE] = { 0 };
    struct probe_dns_question questions[SUFFIXES_AT_ONCE] = { 0 };
    const char *suffixes[SUFFIXES_AT_ONCE] = { 0 };
    size_t count = 0;

    for (; name != NULL && count < SUFFIXES_AT_ONCE; name = strchr(name, '.'), name = name != NULL ? name + 1 : NULL) {
        suffixes[count] = name;
        questions[count] = (struct probe_dns_question) { name, PROBE_DNS_SOA, &answers[count] };
        count++;
    }
    probe_dns_ask(dns, questions, count);
    return read_zone(dns, suffixes, answers, count, zone) ? name : NULL;
}

void update_published_zone(struct probe_dns *dns, const char *name, char zone[DOMAIN_MAX + 1])
{
    zone[0] = '\0';
    while (name != NULL)
        name = ask_suffixes(dns, name, zone);
}
