/* Which mode and max_age a suggested section of policies.ini has, by what is served now. Pure. */
#ifndef PROBE_JUDGE_SECTION_H
#define PROBE_JUDGE_SECTION_H

#include "base/buf.h"
#include "policy/model.h"

#include <stdbool.h>
#include <stdint.h>

/* The policy that is served now. */
struct probe_served {
    bool is_unknown;        /* nobody can say whether one is served */
    bool is_record_unknown; /* nobody can say whether senders find the TXT record */
    bool has_record;        /* senders find it */
    bool has_mode, has_max_age;
    enum policy_mode mode;
    uint32_t max_age;
    bool is_accepted; /* senders find it, and take it, as far as is known */
};

struct probe_section {
    enum policy_mode mode;
    uint32_t max_age;
};

/*
 * Decides on SECTION. MX_STATUS is the exit status of the domain's MX hosts (result.h). Mode enforce is kept where senders accept
 * it and all hosts are good; otherwise the mode is testing, where a domain begins (RFC 8461 10.2). A max_age that is served and
 * longer than a week is kept, and with enforce any. Adds to WHY, in full sentences, what is served now and what became of it;
 * nothing where nothing is served.
 */
void probe_section_decide(const struct probe_served *served, int mx_status, struct probe_section *section, struct buf *why);

/*
 * Adds an mx line for each pattern of the served policy (MX_COUNT of them in MX, each ended by a NUL) that is valid and matches
 * none of the HOST_COUNT names in HOSTS, those of the MX records: it may be that of a host that is planned, or of a backup.
 */
void probe_section_add_unused(const char *mx, size_t mx_count, const char *const *hosts, size_t host_count, struct buf *out);

#endif
