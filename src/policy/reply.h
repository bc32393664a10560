/* The answer to a request, from its names to its bytes (RFC 8461 3.3). Pure: no input, no output, no clock. Floor 1. */
#ifndef POLICY_REPLY_H
#define POLICY_REPLY_H

#include "policy/domain.h"

#include <stdbool.h>
#include <stddef.h>

/* What a front server says of a request. Each may be NULL. */
struct reply_request {
    const char *method, *server_name, *http_host;
};

enum reply_kind {
    REPLY_POLICY,  /* 200 */
    REPLY_ABSENT,  /* 404: a policy host without a policy */
    REPLY_NO_HOST, /* 404: no policy host was asked for */
    REPLY_METHOD,  /* 405 */
    REPLY_BROKEN,  /* 500: a mistake in policies.ini */
    REPLY_FAILED,  /* 500: the file cannot be read, or memory ran out */
    REPLY_KINDS
};

struct reply {
    const char *body; /* of BODY_LEN bytes; in TEXT, or borrowed. Not to be sent where HEAD was asked for: BODY_LEN is 0 then */
    size_t body_len, head_len;
    char head[320];
    char text[512];
};

/*
 * What REQUEST asks for. REPLY_POLICY: the policy of DOMAIN, in normal form, is to be looked up; DOMAIN comes from HTTP_HOST
 * where that has the form of a policy host, else from SERVER_NAME. REPLY_NO_HOST or REPLY_METHOD: that is the answer. No method
 * is taken for GET.
 */
enum reply_kind reply_to(const struct reply_request *request, char domain[DOMAIN_MAX + 1]);

/* What the two names say of the front server's configuration. */
enum reply_hint {
    REPLY_HINT_NONE,
    REPLY_HINT_NO_HOST,    /* neither is a policy host */
    REPLY_HINT_FIXED_NAME, /* HTTP_HOST is one, and SERVER_NAME is something else */
    REPLY_HINT_OTHER_HOST, /* SERVER_NAME is one, and HTTP_HOST is none */
    REPLY_HINTS
};

/* A name that is not there, or empty, says nothing where the other one is a policy host. */
enum reply_hint reply_hint(const struct reply_request *request);

/* The hint as a phrase that goes on after both names, with the setting that it is likely to come from. Constant. */
const char *reply_hint_text(enum reply_hint hint);

/*
 * Makes the answer of KIND: its header lines, each ended by CRLF, with the empty line after them, and its body. DOMAIN is what
 * reply_to() gave; POLICY of LEN bytes is looked at for REPLY_POLICY only, and borrowed.
 */
void reply_make(enum reply_kind kind, const struct reply_request *request, const char *domain, const char *policy, size_t len,
                struct reply *reply);

#endif
