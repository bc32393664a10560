/* {domain} in a value: it stands for the name of the domain itself, as in "mx = mail.{domain}". Pure. */
#ifndef INI_FILL_H
#define INI_FILL_H

#include "base/buf.h"
#include "policy/domain.h"

#include <stdbool.h>
#include <stddef.h>

#define FILL_WORD "{domain}"

/* True if TEXT, of LEN bytes, has a brace. */
bool fill_has_brace(const char *text, size_t len);

/* Returns NULL, or a phrase about the first brace in WORD, of LEN bytes, that is not a part of {domain}. Do not free it. */
const char *fill_fault(const char *word, size_t len);

/* The same, but only about a word in braces that is nearly {domain}: an address for reports may have other braces. */
const char *fill_near_fault(const char *word, size_t len);

/* Appends TEXT, of LEN bytes, to OUT, with DOMAIN in place of each {domain}. */
void fill_add(struct buf *out, const char *text, size_t len, const char *domain);

/* Checks PATTERN, of LEN bytes, like policy_mx_fault(), with DOMAIN in place of each {domain}. */
enum domain_fault fill_mx_fault(const char *pattern, size_t len, const char *domain);

/* The same with a short domain: what this does not find depends on the domain, and is a name or a label that is too long. */
enum domain_fault fill_mx_fault_of_all(const char *pattern, size_t len);

/*
 * Appends POLICY, LEN bytes as served, to OUT, with DOMAIN in place of each {domain}. False if one of its hosts or the whole is
 * then too long, or if memory runs out.
 */
bool fill_policy(struct buf *out, const char *policy, size_t len, const char *domain);

#endif
