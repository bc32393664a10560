/*
 * The rules of a reply: which policy domain a request asks for, and the header lines and text of each kind of reply. The caller
 * looks up the policy. Pure.
 */
#ifndef POLICY_REPLY_H
#define POLICY_REPLY_H

#include "policy/domain.h"

#include <stdbool.h>
#include <stddef.h>

/* The variables of a request that matter. Each may be NULL. */
struct reply_request {
    const char *method, *server_name, *http_host;
};

enum reply_kind {
    REPLY_POLICY,  /* 200 */
    REPLY_ABSENT,  /* 404: a policy host without a policy */
    REPLY_NO_HOST, /* 404: the request is not for a policy host */
    REPLY_METHOD,  /* 405 */
    REPLY_BROKEN,  /* 500: a mistake in policies.ini */
    REPLY_FAILED,  /* 500: the file cannot be read, or memory ran out */
    REPLY_KINDS
};

struct reply {
    const char *body; /* BODY_LEN bytes, in TEXT or borrowed; BODY_LEN is 0 for HEAD */
    size_t body_len, head_len;
    char head[320];
    char text[512];
};

/*
 * Decides how to reply to REQUEST. REPLY_POLICY means: look up the policy of DOMAIN, which is set in normal form. It comes from
 * HTTP_HOST if that has the form of a policy host, else from SERVER_NAME. REPLY_NO_HOST and REPLY_METHOD are final. A missing
 * method counts as GET.
 */
enum reply_kind reply_to(const struct reply_request *request, char domain[DOMAIN_MAX + 1]);

/* Faults of the front server's configuration, guessed from the two names. */
enum reply_hint {
    REPLY_HINT_NONE,
    REPLY_HINT_NO_HOST,    /* neither is a policy host */
    REPLY_HINT_FIXED_NAME, /* HTTP_HOST is a policy host, and SERVER_NAME is another name */
    REPLY_HINT_OTHER_HOST, /* SERVER_NAME is a policy host, and HTTP_HOST is not */
    REPLY_HINTS
};

/* Returns the hint for REQUEST. There is none if one name is a policy host and the other is missing or empty. */
enum reply_hint reply_hint(const struct reply_request *request);

/* Returns a phrase that follows both names in a log line, and names the setting that is probably wrong. Do not free it. */
const char *reply_hint_text(enum reply_hint hint);

/*
 * Fills REPLY for KIND: header lines with CRLF, an empty line, and the body. DOMAIN comes from reply_to(). For REPLY_POLICY the
 * body is POLICY, of LEN bytes, which REPLY borrows; otherwise POLICY is ignored.
 */
void reply_make(enum reply_kind kind, const struct reply_request *request, const char *domain, const char *policy, size_t len,
                struct reply *reply);

#endif
