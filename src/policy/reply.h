/*
 * The rules of an answer: which policy domain a request asks for, and the header lines and text of each kind of reply. It knows
 * no policy: serve/answer looks that up. Pure.
 */
#ifndef POLICY_REPLY_H
#define POLICY_REPLY_H

#include "policy/domain.h"

#include <stdbool.h>
#include <stddef.h>

/* What a front server passes of a request. Each may be NULL. */
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
    const char *body; /* BODY_LEN bytes, in TEXT or borrowed; 0 bytes where HEAD was asked for */
    size_t body_len, head_len;
    char head[320];
    char text[512];
};

/*
 * What REQUEST asks for. REPLY_POLICY: look up the policy of DOMAIN, which is in normal form. It comes from HTTP_HOST where that
 * has the form of a policy host, else from SERVER_NAME. REPLY_NO_HOST and REPLY_METHOD are the answer. Without a method, GET is
 * assumed.
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

/* A missing or empty name is no reason for a hint where the other one is a policy host. */
enum reply_hint reply_hint(const struct reply_request *request);

/* HINT as a phrase to follow both names in a log line. It names the likely setting. Constant. */
const char *reply_hint_text(enum reply_hint hint);

/*
 * Makes the reply of KIND: its header lines, each ended by CRLF, an empty line, and its body. DOMAIN is what reply_to() gave. The
 * LEN bytes at POLICY are borrowed for REPLY_POLICY, and ignored for all others.
 */
void reply_make(enum reply_kind kind, const struct reply_request *request, const char *domain, const char *policy, size_t len,
                struct reply *reply);

#endif
