/* What the probe finds wrong with what a domain publishes: rules, and findings by them. Pure: nothing is asked or printed. */
#ifndef READ_FINDING_H
#define READ_FINDING_H

#include "base/buf.h"
#include "read/span.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * OK: all sender implementations accept it; a finding of that severity is a remark. WARN: they differ. FAIL: the RFC or all of
 * them refuse it.
 */
enum probe_severity { PROBE_OK, PROBE_WARN, PROBE_FAIL };

/* One thing that can be wrong. Each file that judges has a constant table of them. */
struct probe_rule {
    const char *kind; /* short and stable: "mx-dot" */
    enum probe_severity severity;
    /* Of OF sender implementations, LEAST to MOST refuse what breaks this rule alone; all 0: nobody has counted. */
    unsigned char least, most, of;
    const char *says; /* what is wrong, and what to write instead; follows the subject, if any; NULL: each finding has its own */
    const char *rfc;  /* "RFC 8461 3.2" */
};

/* A table of rules, for the texts that explain them. */
struct probe_rules {
    const struct probe_rule *list;
    size_t count;
};

struct probe_finding {
    const struct probe_rule *rule;
    enum probe_severity severity; /* the rule's, or a lesser one */
    unsigned line;                /* from 1; 0: none */
    size_t text;                  /* where it begins in the findings' texts, ended by a NUL */
    size_t addresses;             /* the same for the addresses that it is about, apart by spaces; 0: all of them */
};

/* The most findings by one rule that are kept: a hostile text of 64 KB shall not print 65,536 lines. */
#define PROBE_FINDINGS_OF_RULE 20

/* All zero is none. */
struct probe_findings {
    struct probe_finding *list;
    size_t count, room;
    size_t left_out; /* of the same rule as others that were kept */
    struct buf texts;
    enum probe_severity verdict; /* the worst of all, those left out included */
    bool failed;                 /* memory or descriptors ran out: something is missing */
};

/*
 * Adds a finding by RULE about SUBJECT, which stands in LINE (from 1; 0: none). Its text is a full phrase: the subject, made fit
 * to be shown and cut where it is long (none where SUBJECT.at is NULL); what is wrong and what to write instead; the RFC section;
 * and how many sender implementations refuse it.
 */
void probe_findings_add(struct probe_findings *findings, const struct probe_rule *rule, unsigned line, struct span subject);

/* The same with SAYS in place of what the rule says. SAYS is freed. */
void probe_findings_add_saying(struct probe_findings *findings, const struct probe_rule *rule, unsigned line, struct span subject,
                               struct buf *says);

/* The same with what a server did or said in brackets behind what the rule says: a text of any bytes; NULL and "" are
 * nothing. */
void probe_findings_add_seen(struct probe_findings *findings, const struct probe_rule *rule, struct span subject,
                             const char *seen);

/* The text of FINDING, one of FINDINGS. It lasts until another is added. */
const char *probe_finding_text(const struct probe_findings *findings, const struct probe_finding *finding);

/* Adds all of FROM to TO, each text with "HOST: " before it. */
void probe_findings_add_of(const char *host, const struct probe_findings *from, struct probe_findings *to);

/* Adds all of FROM to TO. */
void probe_findings_add_all(const struct probe_findings *from, struct probe_findings *to);

/*
 * Adds the finding I of FROM to TO as SEVERITY, its text with "at ADDRESSES: " before it. ADDRESSES are apart by spaces; NULL:
 * the text stays as it is.
 */
void probe_findings_add_at(const char *addresses, const struct probe_findings *from, size_t i, enum probe_severity severity,
                           struct probe_findings *to);

/* The addresses that FINDING, one of FINDINGS, is about, apart by spaces; "": all that there are. */
const char *probe_finding_addresses(const struct probe_findings *findings, const struct probe_finding *finding);

/* Frees them; there are none again. */
void probe_findings_free(struct probe_findings *findings);

#endif
