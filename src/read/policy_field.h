/* The fields of a policy (RFC 8461 3.2): what their values hold, and which rule each value breaks. Pure. */
#ifndef READ_POLICY_FIELD_H
#define READ_POLICY_FIELD_H

#include "policy/model.h"
#include "read/finding.h"

/* What a sender would work with: of a repeated field, the first one (RFC 8461 3.2). */
struct probe_policy {
    bool has_mode, has_max_age; /* it is there and valid; else the next two mean nothing */
    enum policy_mode mode;
    uint32_t max_age; /* seconds */
    struct buf
        mx; /* MX_COUNT patterns as written, in any case, valid or not, each ended by a NUL; any other byte may be in them */
    size_t mx_count;
    struct probe_findings findings;
};

enum probe_policy_field {
    PROBE_FIELD_VERSION,
    PROBE_FIELD_MODE,
    PROBE_FIELD_MAX_AGE,
    PROBE_FIELD_MX,
    PROBE_FIELDS,
    PROBE_FIELD_UNKNOWN = PROBE_FIELDS
};

/* "version". Constant. */
const char *probe_policy_field_text(enum probe_policy_field field);

/* The name of the field that NAME, which is none, is nearly; NULL: it is near to none. */
const char *probe_policy_field_meant(struct span name);

/* Reads VALUE, which FIELD has (version, mode or max_age), into POLICY. The rule that it breaks, or NULL. */
const struct probe_rule *probe_policy_field_read(enum probe_policy_field field, struct span value, struct probe_policy *policy);

/* Adds VALUE, an mx that stands in LINE, to the patterns of POLICY, and what is wrong with it to its findings. */
void probe_policy_field_add_mx(struct span value, unsigned line, struct probe_policy *policy);

/* The worst rule that a field NAME with VALUE breaks, a field that RFC 8461 does not know: there is always one. */
const struct probe_rule *probe_policy_field_unknown(struct span name, struct span value);

#endif
