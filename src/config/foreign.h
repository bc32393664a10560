/* Recognises files that are not policies.ini: JSON, YAML, JavaScript, or a policy as it is served. Pure. */
#ifndef CONFIG_FOREIGN_H
#define CONFIG_FOREIGN_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * TEXT, of SIZE bytes, is the whole of FILE, and has no section. If it has another format, appends "FILE: what it is; what to
 * write" to OUT, and returns true. For a policy this is its whole section, but for the name of its domain.
 */
bool foreign_print(const char *file, const char *text, size_t size, struct buf *out);

#endif
