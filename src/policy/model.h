/* A policy by RFC 8461: what its fields may hold, how it is written, its id, what an mx pattern matches. Pure. */
#ifndef POLICY_MODEL_H
#define POLICY_MODEL_H

#include "policy/domain.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* In seconds (RFC 8461 3.2). */
#define POLICY_MAX_AGE_MAX 31557600
#define POLICY_MAX_AGE_DEFAULT 604800

/* The most that a sender need read, in bytes (RFC 8461 3.3). */
#define POLICY_BYTES_MAX 65536

/* What one sender implementation reads of a policy, in bytes; it leaves out the rest. */
#define POLICY_BYTES_TRUNCATED 10240

enum policy_mode { POLICY_TESTING, POLICY_ENFORCE, POLICY_NONE };

struct policy {
    enum policy_mode mode;
    uint32_t max_age; /* seconds */
    const char *mx;   /* the patterns one after the other, each ended by a NUL; borrowed */
    size_t mx_count;  /* how many there are */
};

/* MODE as a policy has it. Constant. */
const char *policy_mode_text(enum policy_mode mode);

/* TEXT as a mode, case-sensitive (RFC 8461 3.2). False, and *MODE untouched, where it is none of the three. */
bool policy_mode_read(const char *text, enum policy_mode *mode);

/*
 * TEXT as a max_age: seconds, or a number followed by d (days) or w (weeks). False, and *SECONDS untouched, where it is neither,
 * or is over POLICY_MAX_AGE_MAX (RFC 8461 3.2).
 */
bool policy_max_age_read(const char *text, uint32_t *seconds);

/* Is PATTERN, of LEN bytes, a host name or "*." and a host name (RFC 8461 3.2)? The first fault, or DOMAIN_FINE. */
enum domain_fault policy_mx_fault(const char *pattern, size_t len);

/*
 * Does the valid PATTERN match HOST, an MX record's host name of any case, with or without a final dot? "*." stands for
 * exactly one label (RFC 8461 4.1).
 */
bool policy_mx_match(const char *pattern, const char *host);

/*
 * Writes POLICY as it is served (RFC 8461 3.2), CRLF after each line, to OUT of SIZE bytes, with a final NUL. Returns how many
 * bytes that takes without the NUL, as snprintf() does: where it is SIZE or more, OUT holds only a part.
 */
size_t policy_render(const struct policy *policy, char *out, size_t size);

/* Is URI, of LEN bytes, where reports may go: mailto:name@domain or https://..., with , ! and ; written as %2C, %21 and %3B (RFC
 * 8460 3)? */
bool policy_is_report_uri(const char *uri, size_t len);

/* A policy's id: 16 hexadecimal digits, and a NUL. */
#define POLICY_ID_SIZE 17

/*
 * The id for the TXT record of the policy that is served as BYTES, LEN of them: letters and digits (RFC 8461 3.1) that change
 * when and only when the bytes do. They are FNV-1a's of 64 bits, and will stay that: another hash would renew the record of every
 * domain.
 */
void policy_id(const char *bytes, size_t len, char id[POLICY_ID_SIZE]);

#endif
