/* Writes the catalogue as sections of policies.ini. Pure. */
#ifndef IMPORT_WRITE_H
#define IMPORT_WRITE_H

#include "base/buf.h"
#include "import/catalogue.h"

#include <stdbool.h>

/*
 * Adds the policies of CATALOGUE, which catalogue_settle() has sorted, to OUT. The domains with the same policy share a header;
 * if a line would be longer than the reader takes, they have several headers and a template. What all policies have in common is
 * in [defaults]; not if IS_ADDED, since other sections of the file would then take it from there, too: a line end comes first
 * then. A domain that is not taken is a comment: why, and its values, empty if they cannot be read.
 */
void import_write(const struct catalogue *catalogue, bool is_added, struct buf *out);

#endif
