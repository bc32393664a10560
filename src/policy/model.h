/* The policy of RFC 8461: its fields, its text, its id, and the matching of mx patterns. Pure. */
#ifndef POLICY_MODEL_H
#define POLICY_MODEL_H

#include "policy/domain.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* In seconds (RFC 8461 3.2). */
#define POLICY_MAX_AGE_MAX 31557600
#define POLICY_MAX_AGE_DEFAULT 604800

/* The greatest size in bytes that senders have to accept (RFC 8461 3.3). */
#define POLICY_BYTES_MAX 65536

/* The number of bytes that one sender implementation reads; it ignores the rest. */
#define POLICY_BYTES_TRUNCATED 10240

enum policy_mode { POLICY_TESTING, POLICY_ENFORCE, POLICY_NONE };

struct policy {
    enum policy_mode mode;
    uint32_t max_age; /* seconds */
    const char *mx;   /* MX_COUNT patterns in a row, each with a final NUL; borrowed */
    size_t mx_count;
};

/* Returns MODE as written in a policy (RFC 8461 3.2). Do not free it. */
const char *policy_mode_text(enum policy_mode mode);

/* Reads TEXT, case-sensitive, as a mode (RFC 8461 3.2). Returns false and leaves *MODE unchanged if it is not valid. */
bool policy_mode_read(const char *text, enum policy_mode *mode);

/*
 * Reads TEXT as a max_age: seconds, or a number followed by d (days) or w (weeks). Returns false and leaves *SECONDS unchanged if
 * it is not valid or greater than POLICY_MAX_AGE_MAX (RFC 8461 3.2).
 */
bool policy_max_age_read(const char *text, uint32_t *seconds);

/*
 * Checks that PATTERN, of LEN bytes, is a host name, or "*." and a host name (RFC 8461 3.2). Returns the first fault, or
 * DOMAIN_FINE.
 */
enum domain_fault policy_mx_fault(const char *pattern, size_t len);

/*
 * True if the valid PATTERN matches HOST, the host name of an MX record, in any case, with or without a final dot. "*." matches
 * exactly one label (RFC 8461 4.1).
 */
bool policy_mx_match(const char *pattern, const char *host);

/*
 * Writes POLICY as served (RFC 8461 3.2), with CRLF after each line and a final NUL, to OUT, which has SIZE bytes. Returns the
 * length without the NUL, like snprintf(): if it is SIZE or more, OUT has only the beginning.
 */
size_t policy_render(const struct policy *policy, char *out, size_t size);

/*
 * True if URI, of LEN bytes, is a valid address for reports: mailto:name@domain or https://..., with , ! and ; written as %2C,
 * %21 and %3B (RFC 8460 3).
 */
bool policy_is_report_uri(const char *uri, size_t len);

/* The size of a policy's id: 16 hexadecimal digits and a NUL. */
#define POLICY_ID_SIZE 17

/*
 * Writes the id for the TXT record of the policy that is served as BYTES, of LEN bytes (RFC 8461 3.1). The id depends only on the
 * bytes. It is their 64-bit FNV-1a hash, and must stay so: with another hash all domains would need a new record.
 */
void policy_id(const char *bytes, size_t len, char id[POLICY_ID_SIZE]);

#endif
