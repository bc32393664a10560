/* A folder of a test's own. */
#ifndef SCRATCH_H
#define SCRATCH_H

/* For cmocka, before and after a test or a group: makes a folder in TMPDIR or /tmp and enters it; removes it. *STATE is its path.
 */
int scratch_enter(void **state);
int scratch_leave(void **state);

#endif
