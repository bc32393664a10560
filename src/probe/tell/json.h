/* What the probe found of a domain, as JSON for programs: mta-sts-probe(1) has the schema. Pure. Floor 7. */
#ifndef PROBE_TELL_JSON_H
#define PROBE_TELL_JSON_H

#include "probe/read/result.h"

/* Adds one object, in one line with its end, and all of it ASCII, to OUT. */
void probe_json(const struct probe_result *result, struct buf *out);

#endif
