/*
 * The format of DNS messages (RFC 1035 4): finds names and records in bytes from the network. Every offset is checked against the
 * message's end. Pure. What the records mean is for dns_answer.h.
 */
#ifndef PROBE_ASK_DNS_MESSAGE_H
#define PROBE_ASK_DNS_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>

/* The longest name in a message, in octets (RFC 1035 2.3.4); as text, where each octet may be \DDD. */
#define PROBE_DNS_NAME_OCTETS 255
#define PROBE_DNS_NAME_SIZE (4 * PROBE_DNS_NAME_OCTETS)

enum {
    PROBE_DNS_FLAG_AUTHORITATIVE = 0x0400,
    PROBE_DNS_FLAG_RECURSIVE = 0x0080,
    PROBE_DNS_FLAG_AUTHENTIC = 0x0020,
    PROBE_DNS_FLAG_RCODE = 0x000f
};

struct probe_dns_message {
    const unsigned char *bytes;
    size_t len;
    unsigned flags;
    size_t answers; /* how many records it answers with, as its header says */
    size_t records; /* the offset where these begin */
};

struct probe_dns_record {
    char owner[PROBE_DNS_NAME_SIZE];
    unsigned type, class;
    size_t data, len; /* offset and length of its data */
};

/* Reads the header of BYTES, LEN of them, which MESSAGE borrows. False where they are no answer. */
bool probe_dns_message_open(struct probe_dns_message *message, const unsigned char *bytes, size_t len);

/* The two octets at offset AT, which is inside the message. */
unsigned probe_dns_message_number(const struct probe_dns_message *message, size_t at);

/* Writes the name at offset AT to NAME, as in a zone file but without the final dot. Returns the offset after it; 0: malformed.
 */
size_t probe_dns_message_name(const struct probe_dns_message *message, size_t at, char name[PROBE_DNS_NAME_SIZE]);

/* Reads the record at *AT, which is then the offset after it. False where it is malformed. */
bool probe_dns_message_record(const struct probe_dns_message *message, size_t *at, struct probe_dns_record *record);

#endif
