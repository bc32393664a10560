/* Writes the catalogue as sections of policies.ini. Pure. */
#ifndef IMPORT_WRITE_H
#define IMPORT_WRITE_H

#include "base/buf.h"
#include "import/catalogue.h"

/*
 * Adds the policies of CATALOGUE, which catalogue_settle() has sorted, to OUT. The domains with the same policy share a header;
 * if a line would be longer than the reader takes, they have several headers and a template. What all policies have in common is
 * in [defaults]. A domain that is not taken is a comment: why, and the values that can be read.
 */
void import_write(const struct catalogue *catalogue, struct buf *out);

#endif
