/* What the probe finds wrong with what a domain publishes: rules, and findings by them. Pure. Floor 1. */
#ifndef PROBE_READ_FINDING_H
#define PROBE_READ_FINDING_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * OK: all sender implementations accept it; a finding of that severity is a remark. WARN: they differ. FAIL: the RFC or all of
 * them refuse it.
 */
enum probe_severity { PROBE_OK, PROBE_WARN, PROBE_FAIL };

/* One thing that can be wrong. */
struct probe_rule {
    const char *kind; /* short and stable: "mx-dot" */
    enum probe_severity severity;
    unsigned char least, most; /* how many sender implementations refuse what is wrong in this way alone; 0: not told */
    const char *says;          /* what is wrong, and what to write instead; goes on after the subject, if any */
    const char *rfc;           /* "RFC 8461 3.2" */
};

struct probe_finding {
    const struct probe_rule *rule;
    unsigned line; /* from 1; 0: none */
    size_t text;   /* where it begins in the findings' texts, ended by a NUL */
};

/* The most findings by one rule that are kept: a hostile text of 64 KB is to print no 65,536 lines. */
#define PROBE_FINDINGS_OF_RULE 20

/* All zero is none. */
struct probe_findings {
    struct probe_finding *list;
    size_t count, room;
    size_t left_out; /* of the same rule as others that were kept */
    struct buf texts;
    enum probe_severity verdict; /* the worst of all, those left out included */
    bool failed;                 /* memory ran out: something is missing */
};

/* What a finding is about. */
struct probe_about {
    unsigned line;
    const char *subject; /* what was published, LEN bytes of any kind; NULL: nothing to show */
    size_t len;
    const char *says; /* NULL: what the rule says */
};

/*
 * Adds a finding by RULE. Its text is a full phrase: the subject, made fit to be shown and cut where it is long; what is wrong
 * and what to write instead; the RFC section; and how many of SENDERS implementations refuse it.
 */
void probe_findings_add(struct probe_findings *findings, const struct probe_rule *rule, unsigned senders,
                        const struct probe_about *about);

/* The text of FINDING, one of FINDINGS. It lasts until another is added. */
const char *probe_finding_text(const struct probe_findings *findings, const struct probe_finding *finding);

/* Adds all of FROM to TO, each text with "HOST: " before it. */
void probe_findings_add_of(const char *host, const struct probe_findings *from, struct probe_findings *to);

/* Frees them; there are none again. */
void probe_findings_free(struct probe_findings *findings);

#endif
