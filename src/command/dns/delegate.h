/* Whether a domain's records can be delegated to a zone. */
#ifndef COMMAND_DNS_DELEGATE_H
#define COMMAND_DNS_DELEGATE_H

#include "base/buf.h"
#include "config/index.h"

#include <stdbool.h>

/*
 * Returns true if the records of DOMAIN can have names below ZONE (policy/place.h). If not, appends what is wrong and what to do
 * to WHY and returns false. DOMAIN and ZONE are in normal form.
 */
bool dns_delegate_can(const struct index *index, const char *domain, const char *zone, struct buf *why);

#endif
