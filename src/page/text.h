/* Text in a page of HTML. Pure. */
#ifndef PAGE_TEXT_H
#define PAGE_TEXT_H

#include "base/buf.h"

#include <stddef.h>

/*
 * Adds TEXT, LEN bytes from anywhere, as text of a page or of an attribute's value between quotation marks: in ASCII, control
 * characters and bytes that are not ASCII as \xNN, and nothing of it is markup. Whatever others wrote goes through this.
 */
void page_text(struct buf *out, const char *text, size_t len);

/* Adds MARKUP as it is. */
void page_markup(struct buf *out, const char *markup);

/* Adds BEFORE, which is markup, and TEXT, which is not. */
void page_add(struct buf *out, const char *before, const char *text);

/* The same; if TEXT is empty, nothing is added. */
void page_add_some(struct buf *out, const char *before, const struct buf *text);

/* Adds the word LABEL, which is markup, as the sign of STATUS, 0 to 3, and a space. */
void page_label(struct buf *out, const char *label, int status);

#endif
