/* A result as JSON, for programs. mta-sts-probe(1) documents it. Pure. */
#ifndef PROBE_TELL_JSON_H
#define PROBE_TELL_JSON_H

#include "probe/judge/result.h"

/* Adds RESULT to OUT as one object, in ASCII, on one line with its line end. */
void probe_json(const struct probe_result *result, struct buf *out);

#endif
