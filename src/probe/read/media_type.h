/* The media type of an HTTP answer: the value of Content-Type. Pure. */
#ifndef PROBE_READ_MEDIA_TYPE_H
#define PROBE_READ_MEDIA_TYPE_H

#include <stdbool.h>

/* Is it text/plain, with any parameters? */
bool probe_media_is_text_plain(const char *type);

/* Has TYPE no parameter, or only a charset of which every text is UTF-8 (RFC 8461 3.2)? */
bool probe_media_is_utf8(const char *type);

#endif
