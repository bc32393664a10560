/* policies.ini, for the probe: its domains, and what it says of each. Safe to ask from several threads at once. Floor 6. */
#ifndef PROBE_WANTED_H
#define PROBE_WANTED_H

#include "policy/domain.h"
#include "probe/read/result.h"

struct probe_file;

/* Waits until what serves FILE has taken it over, and reads it. NULL where that fails; WHY, to which it is added, says why. */
struct probe_file *probe_file_open(const char *file, struct buf *why);
void probe_file_close(struct probe_file *file);

/* How many domains probe_file_next() comes by: each that has a name, in the file's order, from *AT, 0 to begin with. */
size_t probe_file_count(const struct probe_file *file);
bool probe_file_next(const struct probe_file *file, size_t *at, char domain[DOMAIN_MAX + 1]);

/* What the file says of DOMAIN. It lasts as long as the file, and as MISTAKE, which may be added to. False: out of memory. */
bool probe_file_wanted(struct probe_file *file, const char *domain, struct probe_wanted *wanted, struct buf *mistake);

#endif
