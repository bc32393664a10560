#include "probe/ask/dns_message.h"

#include <stddef.h>

/* What is of a fixed length, and types (RFC 1035 3.2.2, 4.1). */
enum {
    HEADER_OCTETS = 12,
    QUESTION_OCTETS = 4,
    RECORD_OCTETS = 10,
    POINTER_OCTETS = 2,
    LABEL_MAX = 63,
    TYPE_NS = 2,
    TYPE_SOA = 6
};

static unsigned read_number(const unsigned char *bytes)
{
    return (unsigned)bytes[0] << 8 | bytes[1];
}

/* Returns where the name at AT in PACKET ends; beyond LEN if it is cut off. */
static size_t skip_name(const unsigned char *packet, size_t len, size_t at)
{
    while (at < len && packet[at] != 0 && packet[at] <= LABEL_MAX)
        at += packet[at] + 1U;
    return at + (at < len && packet[at] > LABEL_MAX ? POINTER_OCTETS : 1);
}

bool probe_dns_refers(const void *message, size_t len)
{
    const unsigned char *packet = message;
    bool found = false;

    if (packet == NULL || len < HEADER_OCTETS)
        return false;
    size_t answers = read_number(packet + 6), all = answers + read_number(packet + 8);
    size_t at = skip_name(packet, len, HEADER_OCTETS) + QUESTION_OCTETS;
    for (size_t i = 0; i < all; i++) {
        at = skip_name(packet, len, at);
        if (at + RECORD_OCTETS > len)
            return false;
        unsigned type = read_number(packet + at);
        if (i >= answers && type == TYPE_SOA)
            return false;
        found |= i >= answers && type == TYPE_NS;
        at += RECORD_OCTETS + read_number(packet + at + RECORD_OCTETS - 2);
    }
    return found;
}
