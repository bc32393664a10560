/* Assertions about a page of HTML that shows what strangers wrote. */
#ifndef MARKUP_H
#define MARKUP_H

#include "base/buf.h"

/*
 * PAGE is one line of printable ASCII, and each of its tags begins as one of TAGS, up to NULL, or is one without attributes that
 * each page has.
 */
void assert_markup(const struct buf *page, const char *const *tags);

#endif
