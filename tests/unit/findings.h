/* Assertions about findings, for the tests of what the probe judges. */
#ifndef FINDINGS_H
#define FINDINGS_H

#include "read/finding.h"

/* FINDINGS have these KINDS, with commas between; "": there are none. Frees them. */
void assert_kinds(struct probe_findings *findings, const char *kinds);

/* There is one of them, and this is its text. Frees it. */
void assert_text(struct probe_findings *findings, const char *text);

#endif
