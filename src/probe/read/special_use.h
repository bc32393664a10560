/* What the addresses are for that are not of the public Internet (RFC 6890). Pure. */
#ifndef PROBE_JUDGE_SPECIAL_USE_H
#define PROBE_JUDGE_SPECIAL_USE_H

/* What ADDRESS, "192.0.2.1" or "2001:db8::1", is for: "for documentation". NULL: for the Internet, or it is no address. Constant.
 */
const char *probe_address_use(const char *address);

#endif
