/*
 * Looks at a file again and again: is there a new state of it, whole, to be read? Reports what keeps it from being read, once for
 * as long as that lasts. For one thread at a time.
 */
#ifndef CONFIG_LOOK_H
#define CONFIG_LOOK_H

#include "base/file.h"
#include "base/say.h"

#include <stdbool.h>
#include <stdint.h>

/* FILE and SAY are the caller's to set, all else is zero to begin with. */
struct look {
    const char *file;
    say_line *say;
    bool has_text;                          /* there is an earlier state, which stays in force */
    struct file_stamp last_read, last_seen; /* of the state that was read last; of the last look */
    bool certain;                           /* any later state has another stamp than LAST_READ */
    bool again;                             /* with LOOK_NEW: by its stamp it is what was read before, which proved nothing */
    int64_t seen_since, waiting_since;
    enum file_trouble trouble;
    int trouble_errno;
};

enum look_found {
    LOOK_SAME,   /* what was read last */
    LOOK_NEW,    /* a state that may be new: its text */
    LOOK_WAIT,   /* it is being written, perhaps: look again in *WAIT milliseconds */
    LOOK_TROUBLE /* it cannot be read; this was reported */
};

/*
 * Looks now. A file that was modified within the last second is left alone, one whose time lies in the future until it was seen
 * unchanged for a second; FORCED, it is read whatever its times say. With LOOK_NEW *TEXT, of *SIZE bytes, is to be freed.
 */
enum look_found look_at(struct look *look, bool forced, char **text, size_t *size, int64_t *wait);

/* Reports TROUBLE, with errno ERROR of FILE_SYSTEM, unless that was the last thing reported. Returns LOOK_TROUBLE. */
enum look_found look_complain(struct look *look, enum file_trouble trouble, int error);

/* What was read is in force: the next trouble is a new one. */
void look_taken(struct look *look);

#endif
