/* Names in arguments of the command line. */
#ifndef POLICY_ARGUMENT_H
#define POLICY_ARGUMENT_H

#include "base/buf.h"
#include "policy/domain.h"

#include <stdbool.h>
#include <stddef.h>

/* What stands for a policy domain in an argument. */
enum argument_form {
    ARGUMENT_OTHER,     /* none of these */
    ARGUMENT_HOST,      /* the policy host: mta-sts.example.org */
    ARGUMENT_MAIL,      /* a mail address: info@example.org */
    ARGUMENT_URL,       /* https://mta-sts.example.org/.well-known/mta-sts.txt */
    ARGUMENT_PLAIN_URL, /* http://mta-sts.example.org */
    ARGUMENT_HEADER     /* the header of a section: [example.org] */
};

/* Writes the policy domain that ARGUMENT stands for to DOMAIN, in normal form. Leaves DOMAIN alone for ARGUMENT_OTHER. */
enum argument_form argument_meant(const char *argument, char domain[DOMAIN_MAX + 1]);

/*
 * Checks ARGUMENT and writes it in normal form, without a final dot: a policy domain to DOMAIN, or a host name to HOST. On an
 * error returns false, and appends to WHY what is wrong and what to write instead.
 */
bool argument_domain(const char *argument, char domain[DOMAIN_MAX + 1], struct buf *why);
bool argument_host(const char *argument, char host[DOMAIN_MAX + 1], struct buf *why);

/* Drops each of NAMES that is there before, *COUNT of them in normal form; the others keep their order. False if memory runs out.
 */
bool argument_once(const char **names, size_t *count);

#endif
