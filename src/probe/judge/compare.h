/* Compares what is published with what policies.ini says. Pure. */
#ifndef PROBE_JUDGE_COMPARE_H
#define PROBE_JUDGE_COMPARE_H

#include "read/finding.h"

/* The TTL of the records that are printed, in seconds. */
#define PROBE_TTL 300

/* What is published of DOMAIN, a name in normal form. */
struct probe_published {
    const char *domain;
    const char *policy; /* LEN bytes, as served; NULL: none could be fetched */
    size_t len;
    bool is_served;     /* senders can fetch it: by a valid certificate, with status 200 */
    bool is_partly;     /* at some addresses of the policy host, and at others not, or another policy */
    bool is_unseen;     /* it is not known whether all its addresses serve the policy: some could not be asked from here */
    bool is_known;      /* false: nobody can say whether they can */
    const char *id;     /* of the TXT record; NULL: none that is valid */
    bool is_id_known;   /* false: the name servers did not say whether there is a TXT record */
    bool holds_mail;    /* an MX host fails: senders that take the policy that is expected, in mode enforce, defer mail for it */
    bool is_mx_unknown; /* the name servers did not say which MX hosts there are */
    bool is_at;         /* at an address to which the DNS need not lead: what senders get is not known */
};

enum probe_compared {
    PROBE_SAME,
    PROBE_OLD_ID,      /* the policy is served, but its id is not published */
    PROBE_EARLY_ID,    /* its id is published, but another policy is served */
    PROBE_OTHER,       /* another policy is served, under another id */
    PROBE_NOT_COMPARED /* nothing is served to compare with */
};

/* How the bytes of two policies compare, from best to worst: the same bytes; other bytes that say the same; another policy, or
 * none. */
enum probe_bodies { PROBE_BODIES_SAME, PROBE_BODIES_ALIKE, PROBE_BODIES_OTHER };

/* Compares SERVED with WANTED, any bytes. Where SERVED breaks a rule of policies, and WANTED is not the same, it is another one.
 */
enum probe_bodies probe_compare_bodies(const char *served, size_t served_len, const char *wanted, size_t wanted_len);

/*
 * Compares it with EXPECTED, the policy that policies.ini makes, LEN bytes. Adds to FINDINGS what differs and what to do: nothing
 * that names an id or a record before the policy is served, byte for byte (RFC 8461 8.1), and nothing that has senders defer mail
 * that they deliver now.
 */
enum probe_compared probe_compare(const struct probe_published *published, const char *expected, size_t len,
                                  struct probe_findings *findings);

/*
 * May the id of EXPECTED be published now? The policy is served at all addresses to which the DNS leads, and senders that take it
 * defer no mail that they may deliver now.
 */
bool probe_compare_is_safe(const struct probe_published *published, const char *expected, size_t len);

/* Is a TXT record for EXPECTED to be published now? That is safe, and its id is not published. */
bool probe_compare_is_due(const struct probe_published *published, const char *expected, size_t len);

/* Adds MISTAKE to FINDINGS: policies.ini has no policy for the domain because of it. */
void probe_compare_mistake(const char *mistake, struct probe_findings *findings);

/* The record to publish is in ZONE, to which DOMAIN is delegated: adds who changes it, and how. A remark. */
void probe_compare_zone(const char *domain, const char *zone, struct probe_findings *findings);

/*
 * Adds the TXT record for the policy EXPECTED, LEN bytes, as `mta-sts dns` prints it, to OUT. NAME is where it belongs: the name
 * at _mta-sts, or the last target of that name's CNAMEs, beside which no other record can stand.
 */
void probe_compare_record(const char *name, const char *expected, size_t len, struct buf *out);

/* All rules about what is published. */
extern const struct probe_rules probe_compare_rules;

#endif
