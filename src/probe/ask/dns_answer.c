#include "probe/ask/dns_answer.h"

#include "policy/domain.h"
#include "probe/ask/dns_message.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { CLASS_IN = 1, TYPE_CNAME = 5, RECORD_LEAST = 11, CHAIN_MAX = 16 };

/* --- memory: blocks that are freed together --- */

struct block {
    struct block *next;
    char bytes[];
};

static void *alloc(struct probe_dns_answer *answer, size_t size)
{
    struct block *block = calloc(1, sizeof *block + size);

    if (block == NULL)
        return NULL;
    block->next = answer->memory;
    answer->memory = block;
    return block->bytes;
}

static char *alloc_text(struct probe_dns_answer *answer, const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = alloc(answer, size);

    if (copy != NULL)
        memcpy(copy, text, size);
    return copy;
}

void probe_dns_answer_free(struct probe_dns_answer *answer)
{
    for (struct block *block = answer->memory, *next; block != NULL; block = next) {
        next = block->next;
        free(block);
    }
    *answer = (struct probe_dns_answer) { 0 };
}

static bool same_name(const char *a, const char *b)
{
    size_t len = strlen(a);

    return len == strlen(b) && domain_same(a, b, len);
}

/* --- records --- */

/* Adds what RECORD holds to ANSWER's list. False where RECORD is malformed or memory runs out. */
typedef bool add_fn(const struct probe_dns_message *m, const struct probe_dns_record *record, struct probe_dns_answer *answer);

static bool add_address(const struct probe_dns_message *m, const struct probe_dns_record *record, struct probe_dns_answer *answer)
{
    bool four = record->type == PROBE_DNS_A;
    char *text = alloc(answer, INET6_ADDRSTRLEN);

    if (text == NULL || record->len != (four ? 4 : 16))
        return false;
    answer->addresses[answer->count++] = text;
    return inet_ntop(four ? AF_INET : AF_INET6, m->bytes + record->data, text, INET6_ADDRSTRLEN) != NULL;
}

static bool add_mx(const struct probe_dns_message *m, const struct probe_dns_record *record, struct probe_dns_answer *answer)
{
    char name[PROBE_DNS_NAME_SIZE];

    if (record->len < 3 || probe_dns_message_name(m, record->data + 2, name) != record->data + record->len)
        return false;
    char *host = alloc_text(answer, name);
    answer->mx[answer->count++] = (struct probe_mx) { probe_dns_message_number(m, record->data), host };
    return host != NULL;
}

static bool add_txt(const struct probe_dns_message *m, const struct probe_dns_record *record, struct probe_dns_answer *answer)
{
    size_t at = record->data, end = at + record->len;

    if (at == end)
        return false;
    while (at < end) {
        size_t len = m->bytes[at++];
        if (len > end - at)
            return false;
        bool begins = at == record->data + 1;
        answer->strings[answer->count++] = (struct probe_txt_string) { (const char *)m->bytes + at, len, begins };
        at += len;
    }
    return true;
}

static bool add_tlsa(const struct probe_dns_message *m, const struct probe_dns_record *record, struct probe_dns_answer *answer)
{
    const unsigned char *data = m->bytes + record->data;

    if (record->len < 3)
        return false;
    answer->tlsa[answer->count++] = (struct probe_tlsa) { data[0], data[1], data[2], data + 3, record->len - 3 };
    return true;
}

static const struct kind {
    enum probe_dns_type type;
    add_fn *add;
    size_t size, list; /* of an element; offset of the list in struct probe_dns_answer */
    size_t least;      /* the least that an element takes in a message, in octets: bounds how many there can be */
} kinds[] = {
    { PROBE_DNS_A, add_address, sizeof(char *), offsetof(struct probe_dns_answer, addresses), RECORD_LEAST },
    { PROBE_DNS_AAAA, add_address, sizeof(char *), offsetof(struct probe_dns_answer, addresses), RECORD_LEAST },
    { PROBE_DNS_MX, add_mx, sizeof(struct probe_mx), offsetof(struct probe_dns_answer, mx), RECORD_LEAST },
    { PROBE_DNS_TXT, add_txt, sizeof(struct probe_txt_string), offsetof(struct probe_dns_answer, strings), 1 },
    { PROBE_DNS_TLSA, add_tlsa, sizeof(struct probe_tlsa), offsetof(struct probe_dns_answer, tlsa), RECORD_LEAST },
};

static const struct kind *kind_of(enum probe_dns_type type)
{
    size_t i = 0;

    while (kinds[i].type != type)
        i++;
    return &kinds[i];
}

static int compare_mx(const void *a, const void *b)
{
    const struct probe_mx *x = a, *y = b;

    if (x->preference != y->preference)
        return x->preference < y->preference ? -1 : 1;
    return strcmp(x->host, y->host);
}

/* --- the answer --- */

static void set(struct probe_dns_answer *answer, enum probe_dns_state state, const char *why)
{
    answer->state = state;
    answer->why = why;
}

static const char malformed[] = "the name server's answer cannot be read";

/* Follows the CNAMEs from NAME, which becomes the last name. The records may stand in any order. False: malformed. */
static bool follow(const struct probe_dns_message *m, char name[PROBE_DNS_NAME_SIZE], struct probe_dns_answer *answer)
{
    struct probe_dns_record record;
    unsigned steps = 0;
    bool moved = true;

    while (moved && steps <= CHAIN_MAX) {
        size_t at = m->records;
        moved = false;
        for (size_t i = 0; i < m->answers && !moved; i++) {
            if (!probe_dns_message_record(m, &at, &record))
                return false;
            if (record.type != TYPE_CNAME || record.class != CLASS_IN || !same_name(record.owner, name))
                continue;
            if (probe_dns_message_name(m, record.data, name) != record.data + record.len)
                return false;
            moved = true;
            steps++;
        }
    }
    if (moved)
        set(answer, PROBE_DNS_ABSENT, "its CNAMEs lead in a circle, or never end");
    if (steps > 0) {
        answer->alias = alloc_text(answer, name);
        if (answer->alias == NULL)
            set(answer, PROBE_DNS_AGAIN, "out of memory");
    }
    return true;
}

/* Adds the records of NAME. */
static bool collect(const struct probe_dns_message *m, const char *name, const struct kind *kind, struct probe_dns_answer *answer)
{
    size_t at = m->records;
    struct probe_dns_record record;
    void *list = alloc(answer, (m->len / kind->least + 1) * kind->size);

    if (list == NULL)
        return false;
    memcpy((char *)answer + kind->list, &list, sizeof list);
    for (size_t i = 0; i < m->answers; i++) {
        if (!probe_dns_message_record(m, &at, &record))
            return false;
        bool wanted = record.type == (unsigned)kind->type && record.class == CLASS_IN && same_name(record.owner, name);
        if (wanted && !kind->add(m, &record, answer))
            return false;
    }
    if (kind->type == PROBE_DNS_MX)
        qsort(answer->mx, answer->count, sizeof *answer->mx, compare_mx);
    return true;
}

/* There is no record: ABSENT, unless the server does not answer for others. */
static void set_absent(const struct probe_dns_message *m, struct probe_dns_answer *answer)
{
    static const char *const whys[2][2] = {
        { "the name has no such record", "the name does not exist" },
        { "its CNAME leads to a name that has no such record", "its CNAME leads to a name that does not exist" },
    };

    set(answer, PROBE_DNS_ABSENT, whys[answer->alias != NULL][answer->no_such_name]);
    if (!answer->no_such_name && (m->flags & (PROBE_DNS_FLAG_AUTHORITATIVE | PROBE_DNS_FLAG_RECURSIVE)) == 0)
        set(answer, PROBE_DNS_AGAIN, "the name server looks nothing up for others");
}

static void read_records(const struct probe_dns_message *m, const char *asked, const struct kind *kind,
                         struct probe_dns_answer *answer)
{
    char name[PROBE_DNS_NAME_SIZE];
    size_t last = strlen(asked);

    last -= last > 0 && asked[last - 1] == '.';
    (void)snprintf(name, sizeof name, "%.*s", (int)last, asked);
    answer->no_such_name = (m->flags & PROBE_DNS_FLAG_RCODE) == 3;
    answer->authentic = (m->flags & PROBE_DNS_FLAG_AUTHENTIC) != 0;
    if (!follow(m, name, answer) || (answer->why == NULL && !collect(m, name, kind, answer)))
        set(answer, PROBE_DNS_AGAIN, malformed);
    else if (answer->why == NULL && answer->count == 0)
        set_absent(m, answer);
}

void probe_dns_answer_read(const unsigned char *bytes, size_t len, const char *name, enum probe_dns_type type,
                           struct probe_dns_answer *answer)
{
    static const char *const failures[PROBE_DNS_FLAG_RCODE + 1] = {
        [1] = "the name server took the question for malformed (FORMERR)",
        [2] = "the name server failed (SERVFAIL)",
        [4] = "the name server does not know such questions (NOTIMP)",
        [5] = "the name server refused to answer (REFUSED)",
    };
    struct probe_dns_message m;

    *answer = (struct probe_dns_answer) { 0 };
    /* The lists point into the message. */
    unsigned char *copy = alloc(answer, len);
    if (copy == NULL) {
        set(answer, PROBE_DNS_AGAIN, "out of memory");
        return;
    }
    memcpy(copy, bytes, len);
    if (!probe_dns_message_open(&m, copy, len)) {
        set(answer, PROBE_DNS_AGAIN, malformed);
        return;
    }
    unsigned rcode = m.flags & PROBE_DNS_FLAG_RCODE;
    if (rcode == 0 || rcode == 3)
        read_records(&m, name, kind_of(type), answer);
    else
        set(answer, PROBE_DNS_AGAIN, failures[rcode] != NULL ? failures[rcode] : "the name server answered with an error");
    if (answer->state != PROBE_DNS_FOUND)
        answer->count = 0;
}

/* --- two answers --- */

static void append(struct probe_dns_answer *answer, const struct probe_dns_answer *more)
{
    char **list = alloc(answer, (answer->count + more->count) * sizeof *list);

    for (size_t i = 0; list != NULL && i < answer->count; i++)
        list[i] = answer->addresses[i];
    for (size_t i = 0; list != NULL && i < more->count; i++) {
        char *address = alloc_text(answer, more->addresses[i]);

        list[answer->count + i] = address;
        if (address == NULL)
            list = NULL;
    }
    if (list == NULL) {
        answer->count = 0;
        set(answer, PROBE_DNS_AGAIN, "out of memory");
        return;
    }
    answer->addresses = list;
    answer->count += more->count;
}

static int compare_addresses(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

void probe_dns_answer_join(struct probe_dns_answer *answer, struct probe_dns_answer *more)
{
    bool is_partial = (answer->state == PROBE_DNS_FOUND && more->state == PROBE_DNS_AGAIN) ||
                      (answer->state == PROBE_DNS_AGAIN && more->state == PROBE_DNS_FOUND);
    const char *why = answer->state == PROBE_DNS_AGAIN ? answer->why : more->why;

    if (answer->state == PROBE_DNS_FOUND && more->state == PROBE_DNS_FOUND) {
        answer->authentic &= more->authentic;
        append(answer, more);
    } else if (answer->state != PROBE_DNS_FOUND && more->state != PROBE_DNS_ABSENT) {
        struct probe_dns_answer first = *answer;
        *answer = *more;
        *more = first;
    }
    if (answer->count > 0)
        qsort(answer->addresses, answer->count, sizeof *answer->addresses, compare_addresses);
    answer->is_partial = is_partial;
    if (is_partial)
        answer->why = why;
    probe_dns_answer_free(more);
}
