/* What can fail, as reports say it (RFC 8460 4.3), whose fault that is, and what to do. Pure. */
#ifndef REPORTS_JUDGE_KIND_H
#define REPORTS_JUDGE_KIND_H

#include <stdbool.h>
#include <stddef.h>

/* The result types, and what stands beside them. */
enum kind_name {
    KIND_NO_STARTTLS,
    KIND_CERT_NAME,
    KIND_CERT_EXPIRED,
    KIND_CERT_AUTHORITY,
    KIND_TLS,
    KIND_TLSA,
    KIND_DNSSEC,
    KIND_DANE_REQUIRED,
    KIND_FETCH,
    KIND_POLICY,
    KIND_WEBPKI,
    KIND_OTHER,       /* a result type that is not known here */
    KIND_UNEXPLAINED, /* the report counts more failures than it has details for */
    KINDS
};

/* Where the fault is. */
enum kind_place {
    KIND_AT_MX,          /* in a certificate, or in the TLS of an MX host */
    KIND_AT_TLSA,        /* in the TLSA records of an MX host: senders that honour DANE defer mail, in any mode */
    KIND_AT_POLICY_HOST, /* senders cannot have the policy */
    KIND_AT_NOWHERE      /* the reports do not say */
};

struct kind {
    const char *result; /* result-type; NULL: none */
    const char *says;   /* "certificate expired" */
    enum kind_place place;
    const char *advice;  /* what to do, as a phrase */
    const char *explain; /* what "mta-sts-probe --explain" explains about it; NULL: nothing */
};

/* The kind of RESULT, in any case: KIND_OTHER if it is not known. */
enum kind_name kind_of(const char *result);

/* Constant. */
const struct kind *kind_about(enum kind_name kind);

#endif
