/* Comments of an INI file or a zone file. Pure. */
#ifndef PROBE_TELL_COMMENT_H
#define PROBE_TELL_COMMENT_H

#include "base/buf.h"

/* Adds TEXT as lines of comment, ASCII only. None ends in a backslash, which would join the next line to it. */
void probe_comment_add(struct buf *out, const char *text);

#endif
