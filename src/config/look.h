/*
 * Watches a file: detects a new state, and reads it when it is complete. Reports an error once, not each time. Not thread-safe.
 */
#ifndef CONFIG_LOOK_H
#define CONFIG_LOOK_H

#include "base/file.h"
#include "base/say.h"

#include <stdbool.h>
#include <stdint.h>

/* The caller sets FILE and SAY, and zeroes the rest. */
struct look {
    const char *file;
    say_line *say;
    bool has_text;                          /* an earlier state is in force */
    struct file_stamp last_read, last_seen; /* stamps at the last read, and at the last look */
    bool certain;                           /* every later state must have another stamp than LAST_READ */
    bool again;                             /* with LOOK_NEW: the stamp is the same as before, but that was not CERTAIN */
    int64_t seen_since, waiting_since;
    enum file_trouble trouble;
    int trouble_errno;
};

enum look_found {
    LOOK_SAME,   /* not changed since it was last read */
    LOOK_NEW,    /* a state that may be new; it was read into *TEXT */
    LOOK_WAIT,   /* perhaps not complete yet: look again in *WAIT milliseconds */
    LOOK_TROUBLE /* it cannot be read; this has been reported */
};

/*
 * Looks at the file. It is not read within a second of its last modification; if that time is in the future, not until it has
 * been seen unchanged for a second. With FORCED it is read in any case. With LOOK_NEW the caller frees *TEXT, which has *SIZE
 * bytes.
 */
enum look_found look_at(struct look *look, bool forced, char **text, size_t *size, int64_t *wait);

/* Reports TROUBLE, unless it is the same as last time. ERROR is the errno of FILE_SYSTEM, else 0. Returns LOOK_TROUBLE. */
enum look_found look_complain(struct look *look, enum file_trouble trouble, int error);

/* To be called when the text that was read is in force: the next trouble is then reported again. */
void look_taken(struct look *look);

#endif
