#include "probe/ask/dns_answer.h"

#include "probe/ask/dns_message.h"
#include "probe/ask/lack.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unbound.h>

enum { NO_ERROR = 0, FORMAT_ERROR = 1, SERVER_FAILED = 2, NO_SUCH_NAME = 3, NOT_IMPLEMENTED = 4, REFUSED = 5, RCODES };

/* The longest name in a message, in octets (RFC 1035 2.3.4); as text, where each octet may be \DDD. */
enum { NAME_OCTETS = 255, LABEL_OCTETS = 63, NAME_SIZE = 4 * NAME_OCTETS };

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

void probe_dns_answer_free(struct probe_dns_answer *answer)
{
    for (struct block *block = answer->memory, *next; block != NULL; block = next) {
        next = block->next;
        free(block);
    }
    *answer = (struct probe_dns_answer) { 0 };
}

static void *copy(struct probe_dns_answer *answer, const void *bytes, size_t len)
{
    void *copied = alloc(answer, len + 1);

    if (copied != NULL)
        memcpy(copied, bytes, len);
    return copied;
}

/* --- records --- */

/* Writes a label as a zone file has it (RFC 1035 5.1): in one, ; begins a comment, ( goes on over lines, and $ may begin a
 * directive. Returns how many characters that takes. */
static size_t write_label(const unsigned char *label, size_t len, char *out)
{
    size_t n = 0;

    for (size_t i = 0; i < len; i++) {
        if (label[i] != 0 && strchr(".\\\";()@$", label[i]) != NULL)
            out[n++] = '\\';
        if (label[i] > ' ' && label[i] <= '~') {
            out[n++] = (char)label[i];
        } else {
            (void)snprintf(out + n, 5, "\\%03u", label[i]);
            n += 4;
        }
    }
    return n;
}

/* Writes the name that BYTES are, all LEN of them, as a zone file has it but without the final dot. False: it is malformed. */
static bool write_name(const unsigned char *bytes, size_t len, char name[NAME_SIZE])
{
    size_t at = 0, n = 0;

    if (len > NAME_OCTETS)
        return false;
    while (at < len && bytes[at] != 0) {
        size_t label = bytes[at];
        if (label > LABEL_OCTETS || label >= len - at)
            return false;
        if (n > 0)
            name[n++] = '.';
        n += write_label(bytes + at + 1, label, name + n);
        at += label + 1;
    }
    name[n] = '\0';
    return at + 1 == len;
}

/* Adds the record that BYTES are, LEN of them, to ANSWER's list. False where it is malformed or memory runs out. */
typedef bool add_fn(const unsigned char *bytes, size_t len, struct probe_dns_answer *answer);

static bool add_address(const unsigned char *bytes, size_t len, int family, struct probe_dns_answer *answer)
{
    char *text = alloc(answer, INET6_ADDRSTRLEN);

    if (text == NULL || len != (family == AF_INET ? sizeof(struct in_addr) : sizeof(struct in6_addr)))
        return false;
    answer->addresses[answer->count++] = text;
    return inet_ntop(family, bytes, text, INET6_ADDRSTRLEN) != NULL;
}

static bool add_a(const unsigned char *bytes, size_t len, struct probe_dns_answer *answer)
{
    return add_address(bytes, len, AF_INET, answer);
}

static bool add_aaaa(const unsigned char *bytes, size_t len, struct probe_dns_answer *answer)
{
    return add_address(bytes, len, AF_INET6, answer);
}

static bool add_mx(const unsigned char *bytes, size_t len, struct probe_dns_answer *answer)
{
    char name[NAME_SIZE];

    if (len < 3 || !write_name(bytes + 2, len - 2, name))
        return false;
    char *host = copy(answer, name, strlen(name));
    answer->mx[answer->count++] = (struct probe_mx) { (unsigned)bytes[0] << 8 | bytes[1], host };
    return host != NULL;
}

static bool add_txt(const unsigned char *bytes, size_t len, struct probe_dns_answer *answer)
{
    const char *text = copy(answer, bytes, len);
    size_t at = 0;

    if (text == NULL || len == 0)
        return false;
    while (at < len) {
        bool begins = at == 0;
        size_t n = bytes[at++];
        if (n > len - at)
            return false;
        answer->strings[answer->count++] = (struct probe_txt_string) { text + at, n, begins };
        at += n;
    }
    return true;
}

static bool add_tlsa(const unsigned char *bytes, size_t len, struct probe_dns_answer *answer)
{
    const unsigned char *data = copy(answer, bytes, len);

    if (data == NULL || len < 3)
        return false;
    answer->tlsa[answer->count++] = (struct probe_tlsa) { data[0], data[1], data[2], data + 3, len - 3 };
    return true;
}

static bool add_target(const unsigned char *bytes, size_t len, struct probe_dns_answer *answer)
{
    char name[NAME_SIZE];

    if (!write_name(bytes, len, name))
        return false;
    char *target = copy(answer, name, strlen(name));
    answer->targets[answer->count++] = target;
    return target != NULL;
}

static const struct kind {
    add_fn *add;
    size_t size, list; /* of an element; offset of the list in struct probe_dns_answer */
    enum probe_dns_type type;
    bool is_dense; /* each octet of a record may be an element */
} kinds[] = {
    { add_a, sizeof(char *), offsetof(struct probe_dns_answer, addresses), PROBE_DNS_A, false },
    { add_aaaa, sizeof(char *), offsetof(struct probe_dns_answer, addresses), PROBE_DNS_AAAA, false },
    { add_target, sizeof(char *), offsetof(struct probe_dns_answer, targets), PROBE_DNS_CNAME, false },
    { add_mx, sizeof(struct probe_mx), offsetof(struct probe_dns_answer, mx), PROBE_DNS_MX, false },
    { add_txt, sizeof(struct probe_txt_string), offsetof(struct probe_dns_answer, strings), PROBE_DNS_TXT, true },
    { add_tlsa, sizeof(struct probe_tlsa), offsetof(struct probe_dns_answer, tlsa), PROBE_DNS_TLSA, false },
};

enum { KINDS = sizeof kinds / sizeof kinds[0] };

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

static size_t most(const struct ub_result *result, const struct kind *kind)
{
    size_t count = 0;

    for (size_t i = 0; result->data[i] != NULL; i++)
        count += kind->is_dense ? (size_t)result->len[i] : 1;
    return count;
}

/* Adds all records. */
static bool collect(const struct ub_result *result, const struct kind *kind, struct probe_dns_answer *answer)
{
    void *list = alloc(answer, most(result, kind) * kind->size);

    if (list == NULL)
        return false;
    memcpy((char *)answer + kind->list, &list, sizeof list);
    for (size_t i = 0; result->data[i] != NULL; i++)
        if (!kind->add((const unsigned char *)result->data[i], (size_t)result->len[i], answer))
            return false;
    if (kind->type == PROBE_DNS_MX)
        qsort(answer->mx, answer->count, sizeof *answer->mx, compare_mx);
    return true;
}

static void set_alias(struct probe_dns_answer *answer, const char *name)
{
    size_t len = strlen(name);

    answer->alias = copy(answer, name, len - (len > 1 && name[len - 1] == '.'));
    if (answer->alias == NULL)
        set(answer, PROBE_DNS_AGAIN, PROBE_LACK_MEMORY);
}

static void read_records(const struct ub_result *result, enum probe_dns_type type, struct probe_dns_answer *answer)
{
    static const char *const whys[2][2] = {
        { "the name has no such record", "the name does not exist" },
        { "its CNAME leads to a name that has no such record", "its CNAME leads to a name that does not exist" },
    };
    size_t i = 0;

    answer->no_such_name = result->rcode == NO_SUCH_NAME;
    answer->authentic = result->secure != 0;
    answer->is_referral = !result->havedata && probe_dns_refers(result->answer_packet, (size_t)result->answer_len);
    if (result->canonname != NULL)
        set_alias(answer, result->canonname);
    while (i < KINDS && kinds[i].type != type)
        i++;
    if (answer->why != NULL || (i == KINDS && result->havedata))
        return;
    if (!result->havedata)
        set(answer, PROBE_DNS_ABSENT, whys[answer->alias != NULL][answer->no_such_name]);
    else if (!collect(result, &kinds[i], answer))
        set(answer, PROBE_DNS_AGAIN, "the name server's answer cannot be read, or memory ran out; try another one with --dns");
}

/* The reason within what libunbound says, which may cite an earlier failure:
 * "validation failure <example.org. MX IN>: signature expired". The name and the type are known. */
static const char *find_reason(const char *why)
{
    const char *reason = why != NULL ? why : "bogus", *colon;

    while ((colon = strstr(reason, ">: ")) != NULL)
        reason = colon + 3;
    return reason;
}

static void set_bogus(const struct ub_result *result, struct probe_dns_answer *answer)
{
    const char *reason = find_reason(result->why_bogus);
    size_t size = sizeof "DNSSEC validation failed: ; sign the zone anew, or correct its DS record" + strlen(reason);
    char *why = alloc(answer, size);

    answer->is_bogus = true;
    set(answer, PROBE_DNS_AGAIN, why != NULL ? why : "DNSSEC validation failed");
    if (why != NULL)
        (void)snprintf(why, size, "DNSSEC validation failed: %s; sign the zone anew, or correct its DS record", reason);
}

void probe_dns_answer_read(const struct ub_result *result, enum probe_dns_type type, const char *unvalidated,
                           struct probe_dns_answer *answer)
{
    /* libunbound asks all servers before it reports that they failed; how each did, it does not say. */
    static const char *const failures[RCODES] = {
        [FORMAT_ERROR] = "the name server took the question for malformed (FORMERR); try another one with --dns",
        [SERVER_FAILED] = "all name servers failed, or none could be reached; check the network here, then try --dns root",
        [NOT_IMPLEMENTED] = "the name server does not know such questions (NOTIMP); try another one with --dns",
        [REFUSED] = "the name server refused to answer (REFUSED); try another one with --dns",
    };
    bool is_error = result->rcode != NO_ERROR && result->rcode != NO_SUCH_NAME;
    bool is_known = result->rcode >= 0 && result->rcode < RCODES;

    *answer = (struct probe_dns_answer) { .unvalidated = unvalidated, .is_unanswered = is_error };
    if (is_error)
        set(answer, PROBE_DNS_AGAIN,
            is_known ? failures[result->rcode] : "the name server answered with an error; try another one with --dns");
    else if (result->bogus && unvalidated == NULL)
        set_bogus(result, answer);
    else
        read_records(result, type, answer);
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
        char *address = copy(answer, more->addresses[i], strlen(more->addresses[i]));

        list[answer->count + i] = address;
        if (address == NULL)
            list = NULL;
    }
    if (list == NULL) {
        answer->count = 0;
        set(answer, PROBE_DNS_AGAIN, PROBE_LACK_MEMORY);
        return;
    }
    answer->addresses = list;
    answer->count += more->count;
}

static int compare_addresses(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

void probe_dns_answer_set_address(struct probe_dns_answer *answer, const char *address)
{
    *answer = (struct probe_dns_answer) { .state = PROBE_DNS_FOUND };
    char *text = copy(answer, address, strlen(address));
    char **list = alloc(answer, sizeof *list);

    if (text == NULL || list == NULL) {
        set(answer, PROBE_DNS_AGAIN, PROBE_LACK_MEMORY);
        return;
    }
    list[0] = text;
    answer->addresses = list;
    answer->count = 1;
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
        answer->why = copy(answer, why, strlen(why));
    if (is_partial && answer->why == NULL)
        answer->why = PROBE_LACK_MEMORY;
    probe_dns_answer_free(more);
}
