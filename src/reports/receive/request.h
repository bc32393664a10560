/* What a request asks for: which domain's report it brings, and in which form. Reads only the variables, never the body. Pure. */
#ifndef REPORTS_RECEIVE_REQUEST_H
#define REPORTS_RECEIVE_REQUEST_H

#include "policy/domain.h"
#include "reports/receive/reply.h"

#include <stdbool.h>
#include <stddef.h>

/* The variables of a request (RFC 3875 4.1, and REQUEST_URI of front servers). Each may be NULL. */
struct receive_variables {
    const char *method, *type, *length, *uri, *path, *script;
};

/* A request that may be taken. */
struct receive_request {
    char domain[DOMAIN_MAX + 1]; /* in normal form; policies.ini was not asked */
    bool gzip;                   /* by its media type */
    bool has_length;             /* LENGTH is known: 1 to TAKE_BYTES_MAX bytes */
    size_t length;
};

/*
 * Reads VARIABLES into REQUEST. Returns RECEIVE_TAKEN if its body is to be read, else the answer: RECEIVE_METHOD,
 * RECEIVE_NO_DOMAIN, RECEIVE_TYPE, RECEIVE_EMPTY or RECEIVE_LARGE. The domain is the last segment of the path; a final slash does
 * not matter. REQUEST->DOMAIN is empty if there is none.
 */
enum receive_answer receive_request_read(const struct receive_variables *variables, struct receive_request *request);

#endif
