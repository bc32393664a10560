/* DNS messages (RFC 1035 4.1). Pure. */
#ifndef PROBE_ASK_DNS_MESSAGE_H
#define PROBE_ASK_DNS_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * True if MESSAGE, LEN bytes with one question, refers to other name servers: it has NS records in its authority section, and no
 * SOA record (RFC 2308 2.2). A MESSAGE that is malformed, or NULL, does not.
 */
bool probe_dns_refers(const void *message, size_t len);

#endif
