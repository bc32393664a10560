#include "probe/read/special_use.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

enum { ADDRESS_SIZE = 16, BITS = 8 };

/* From the registries that RFC 6890 began. The bits beyond LENGTH are 0. */
static const struct range {
    const char *first;
    const char *use;
    int family;
    unsigned length;
} ranges[] = {
    { "0.0.0.0", "for this network", AF_INET, 8 },
    { "10.0.0.0", "for private networks", AF_INET, 8 },
    { "100.64.0.0", "for networks behind a provider's NAT", AF_INET, 10 },
    { "127.0.0.0", "for this machine itself", AF_INET, 8 },
    { "169.254.0.0", "for one link", AF_INET, 16 },
    { "172.16.0.0", "for private networks", AF_INET, 12 },
    { "192.0.0.0", "for protocols", AF_INET, 24 },
    { "192.0.2.0", "for documentation", AF_INET, 24 },
    { "192.168.0.0", "for private networks", AF_INET, 16 },
    { "198.18.0.0", "for benchmarks", AF_INET, 15 },
    { "198.51.100.0", "for documentation", AF_INET, 24 },
    { "203.0.113.0", "for documentation", AF_INET, 24 },
    { "224.0.0.0", "for multicast", AF_INET, 4 },
    { "240.0.0.0", "for later use", AF_INET, 4 },
    { "::", "for no host", AF_INET6, 128 },
    { "::1", "for this machine itself", AF_INET6, 128 },
    { "::ffff:0:0", "for IPv4 in programs", AF_INET6, 96 },
    { "64:ff9b:1::", "for private networks", AF_INET6, 48 },
    { "100::", "for discarding", AF_INET6, 64 },
    { "2001:db8::", "for documentation", AF_INET6, 32 },
    { "3fff::", "for documentation", AF_INET6, 20 },
    { "fc00::", "for private networks", AF_INET6, 7 },
    { "fe80::", "for one link", AF_INET6, 10 },
    { "fec0::", "for private networks", AF_INET6, 10 },
    { "ff00::", "for multicast", AF_INET6, 8 },
};

/* Are the first LENGTH bits of A and B the same? */
static bool same_bits(const unsigned char *a, const unsigned char *b, unsigned length)
{
    unsigned bytes = length / BITS, rest = length % BITS;

    if (memcmp(a, b, bytes) != 0)
        return false;
    return rest == 0 || (a[bytes] ^ b[bytes]) >> (BITS - rest) == 0;
}

static bool is_in(const struct range *range, const char *address)
{
    unsigned char first[ADDRESS_SIZE], bytes[ADDRESS_SIZE];

    return inet_pton(range->family, address, bytes) == 1 && inet_pton(range->family, range->first, first) == 1 &&
           same_bits(bytes, first, range->length);
}

const char *probe_address_use(const char *address)
{
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
        if (is_in(&ranges[i], address))
            return ranges[i].use;
    return NULL;
}
