/* The quotation marks that forms and word processors put into TXT records: plain, escaped and typographic. Pure. */
#ifndef PROBE_READ_QUOTATION_H
#define PROBE_READ_QUOTATION_H

#include "read/span.h"

#include <stdbool.h>
#include <stddef.h>

/* The length in bytes of the quotation mark that S begins with; 0: none. */
size_t quotation_len(struct span s);

/* Is there a quotation mark anywhere in S? */
bool quotation_is_in(struct span s);

#endif
