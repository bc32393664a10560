/* A DNS message as it came (RFC 1035 4): its names and records, every bound checked. Pure. Floor 1. */
#ifndef PROBE_ASK_DNS_MESSAGE_H
#define PROBE_ASK_DNS_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>

/* The octets of a name as it is sent (RFC 1035 2.3.4); and as a text, each octet as \DDD. */
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
    size_t answers; /* how many records they are, as the header says */
    size_t records; /* where these begin */
};

struct probe_dns_record {
    char owner[PROBE_DNS_NAME_SIZE];
    unsigned type, class;
    size_t data, len; /* offset and length of its data */
};

/* Opens the message BYTES of LEN, which is borrowed. False where it is no answer. */
bool probe_dns_message_open(struct probe_dns_message *message, const unsigned char *bytes, size_t len);

/* The two octets at offset AT. */
unsigned probe_dns_message_number(const struct probe_dns_message *message, size_t at);

/*
 * Writes the name at offset AT to NAME as a zone file has it, without a final dot. Returns the offset behind it, or 0 where it is
 * none.
 */
size_t probe_dns_message_name(const struct probe_dns_message *message, size_t at, char name[PROBE_DNS_NAME_SIZE]);

/* The record at *AT, which is set behind it. False where it is none. */
bool probe_dns_message_record(const struct probe_dns_message *message, size_t *at, struct probe_dns_record *record);

#endif
