/* In which order to mend what was found: no advice, followed alone, stops mail that senders deliver now. */
#ifndef PROBE_CHECK_ORDER_H
#define PROBE_CHECK_ORDER_H

#include "probe/check/observation.h"

/*
 * Would more senders that take the policy defer more mail? Its mode is enforce, and an MX host that senders can reach fails by
 * it. It is the policy of policies.ini, or without that the one that is served.
 */
bool order_holds_mail(const struct observation *observation);

/* What comes before a TXT record is published or corrected. */
enum probe_first order_first(const struct observation *observation);

/* Adds to what the checks of the policy host and the policy say of themselves that something comes before they are mended. */
void order_add(struct observation *observation);

#endif
