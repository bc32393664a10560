/* TLSA records for an MX host, made of the certificate that it shows now (RFC 7672). */
#ifndef PROBE_TLSA_H
#define PROBE_TLSA_H

#include "probe/check/context.h"

/* Adds the TLSA records 3 1 1 and 2 1 1 of the certificate that MX, a host name in normal form, shows, as lines of a zone file.
 * CONTEXT is open; DNS is for the calling thread alone. Returns the exit status. */
int probe_tlsa(const struct probe_context *context, struct probe_dns *dns, const char *mx, struct buf *out);

#endif
