/* The front servers of `mta-sts hosts --for`. */
#ifndef COMMAND_HOSTS_H
#define COMMAND_HOSTS_H

#include "base/buf.h"

/* Appends the names of the front servers to OUT, with ", " between them. */
void hosts_front_names(struct buf *out);

#endif
