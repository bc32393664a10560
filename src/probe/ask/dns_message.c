#include "probe/ask/dns_message.h"

#include <stdio.h>

enum {
    HEADER_LEN = 12,
    FLAGS_AT = 2,
    QUESTIONS_AT = 4,
    ANSWERS_AT = 6,
    FLAG_ANSWER = 0x8000,
    QUESTION_LEN = 4,                        /* type and class, after the name */
    RECORD_LEN = 10,                         /* type, class, TTL and the data's length, after the name */
    POINTERS_MAX = PROBE_DNS_NAME_OCTETS / 2 /* no valid name needs more of them */
};

unsigned probe_dns_message_number(const struct probe_dns_message *m, size_t at)
{
    return (unsigned)m->bytes[at] << 8 | m->bytes[at + 1];
}

/* Writes a label as a zone file has it (RFC 1035 5.1). Returns how many characters that takes. */
static size_t write_label(const unsigned char *label, size_t len, char *out)
{
    size_t n = 0;

    for (size_t i = 0; i < len; i++) {
        if (label[i] == '.' || label[i] == '\\')
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

/* Pointers must lead backwards, and their number is limited: no loop can keep this from ending. */
size_t probe_dns_message_name(const struct probe_dns_message *m, size_t at, char name[PROBE_DNS_NAME_SIZE])
{
    size_t end = 0, octets = 1, n = 0;
    unsigned pointers = 0;

    while (at < m->len && m->bytes[at] != 0) {
        unsigned len = m->bytes[at];
        if (len >= 0xc0) {
            if (at + 1 >= m->len || ++pointers > POINTERS_MAX)
                return 0;
            end = end > 0 ? end : at + 2;
            size_t to = probe_dns_message_number(m, at) & 0x3fff;
            if (to >= at)
                return 0;
            at = to;
            continue;
        }
        octets += len + 1;
        if (len > 63 || len >= m->len - at || octets > PROBE_DNS_NAME_OCTETS)
            return 0;
        if (n > 0)
            name[n++] = '.';
        n += write_label(m->bytes + at + 1, len, name + n);
        at += len + 1;
    }
    name[n] = '\0';
    if (at >= m->len)
        return 0;
    return end > 0 ? end : at + 1;
}

bool probe_dns_message_record(const struct probe_dns_message *m, size_t *at, struct probe_dns_record *record)
{
    size_t head = probe_dns_message_name(m, *at, record->owner);

    if (head == 0 || m->len - head < RECORD_LEN)
        return false;
    record->type = probe_dns_message_number(m, head);
    record->class = probe_dns_message_number(m, head + 2);
    record->len = probe_dns_message_number(m, head + 8);
    record->data = head + RECORD_LEN;
    if (m->len - record->data < record->len)
        return false;
    *at = record->data + record->len;
    return true;
}

bool probe_dns_message_open(struct probe_dns_message *m, const unsigned char *bytes, size_t len)
{
    char name[PROBE_DNS_NAME_SIZE];

    *m = (struct probe_dns_message) { .bytes = bytes, .len = len, .records = HEADER_LEN };
    if (m->len < HEADER_LEN)
        return false;
    m->flags = probe_dns_message_number(m, FLAGS_AT);
    m->answers = probe_dns_message_number(m, ANSWERS_AT);
    for (size_t i = probe_dns_message_number(m, QUESTIONS_AT); i > 0; i--) {
        size_t end = probe_dns_message_name(m, m->records, name);
        if (end == 0 || m->len - end < QUESTION_LEN)
            return false;
        m->records = end + QUESTION_LEN;
    }
    return (m->flags & FLAG_ANSWER) != 0;
}
