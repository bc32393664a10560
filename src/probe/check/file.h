/* policies.ini as the probe uses it: its domains, and the policy that each is expected to have. Several threads may ask at once.
 */
#ifndef PROBE_CHECK_FILE_H
#define PROBE_CHECK_FILE_H

#include "base/buf.h"
#include "command/dns/record.h"
#include "policy/domain.h"

#include <stdbool.h>
#include <stddef.h>

struct probe_file;

/* What the file says of a domain. */
struct probe_expected {
    const char *policy; /* as it is to be served, LEN bytes; NULL: nothing to compare with */
    size_t len;
    const char *mistake; /* why it has no policy; NULL: it has, or there is no file */
};

/*
 * Waits until a program that serves FILE has taken over what it says now, and reads it. NULL where that fails, and the reason is
 * added to WHY. FILE is borrowed. The caller calls probe_file_close().
 */
struct probe_file *probe_file_open(const char *file, struct buf *why);
void probe_file_close(struct probe_file *file);

/* How many domains the file names, [*] not counted; the one at *AT (0 at first) or after it, in the file's order. */
size_t probe_file_count(const struct probe_file *file);
bool probe_file_next(const struct probe_file *file, size_t *at, char domain[DOMAIN_MAX + 1]);

/*
 * False where the file may name a domain in a header that cannot be read, which probe_file_next() leaves out: adds which line
 * that is to WHY; or where memory runs out.
 */
bool probe_file_is_whole(struct probe_file *file, struct buf *why);

/*
 * What the file says of DOMAIN, a policy domain in normal form. EXPECTED borrows from FILE and from TEXT, an empty buffer, to
 * which a policy or a message may be added. False where memory runs out.
 */
bool probe_file_find(struct probe_file *file, const char *domain, struct probe_expected *expected, struct buf *text);

/*
 * Fills LIST, which is empty, with the DNS records of DOMAIN; see dns_list_make(). ZONE: the zone that its owner delegates them
 * to; NULL: its own. Where the file does not have DOMAIN, LIST stays empty, without a DOMAIN. False where memory runs out. The
 * caller frees LIST with dns_list_free().
 */
bool probe_file_records(struct probe_file *file, const char *domain, const char *zone, struct dns_list *list);

/* True if the records of DOMAIN can be delegated to ZONE. If not, appends why to WHY: see dns_delegate_can(). */
bool probe_file_delegates(const struct probe_file *file, const char *domain, const char *zone, struct buf *why);

#endif
