#include "config/look.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

enum {
    LOOK_MS = 1000,    /* between two looks */
    QUIET_MS = 1000,   /* after its last modification a file counts as complete */
    CERTAIN_MS = 3000, /* more than the coarsest time stamps of a file system (2 s on FAT) */
    BUSY_MS = 10000    /* then a file that keeps changing is reported */
};

enum look_found look_complain(struct look *look, enum file_trouble trouble, int error)
{
    struct buf text = { 0 };

    if (look->trouble == trouble && look->trouble_errno == error)
        return LOOK_TROUBLE;
    look->trouble = trouble;
    look->trouble_errno = error;
    file_print_trouble(look->file, trouble, error, &text);
    if (look->has_text)
        buf_print(&text, "; the old policies stay in force");
    if (text.text != NULL)
        look->say(text.text);
    buf_free(&text);
    return LOOK_TROUBLE;
}

void look_taken(struct look *look)
{
    look->has_text = true;
    look->trouble = FILE_FINE;
}

/*
 * True if the file has not changed for QUIET_MS, so that it is probably complete; otherwise sets *WAIT. This is its age by its
 * modification time, or the time since this state was first seen, whichever is longer. A time in the future is accepted at the
 * first look; otherwise each answer of a CGI program would wait.
 */
static bool is_quiet(struct look *look, const struct file_stamp *now, int64_t *wait)
{
    int64_t clock = clock_ms(), age = file_age(&now->modified);

    if (!file_same(now, &look->last_seen)) {
        look->last_seen = *now;
        look->seen_since = clock;
    }
    if (age < 0 && !look->has_text)
        return true;
    int64_t known = age > clock - look->seen_since ? age : clock - look->seen_since;
    if (known < QUIET_MS)
        *wait = QUIET_MS - known;
    return known >= QUIET_MS;
}

static enum look_found wait_for_quiet(struct look *look)
{
    int64_t clock = clock_ms();

    if (look->waiting_since == 0)
        look->waiting_since = clock;
    else if (clock - look->waiting_since >= BUSY_MS)
        (void)look_complain(look, FILE_BUSY, 0);
    return LOOK_WAIT;
}

/* Reads FD, whose stamp is NOW. */
static enum look_found read_now(struct look *look, int fd, const struct file_stamp *now, char **text, size_t *size)
{
    enum file_trouble trouble;
    /* Compared with the clock before the read: later changes get later times. */
    bool certain = file_age(&now->modified) >= CERTAIN_MS && file_age(&now->changed) >= CERTAIN_MS;

    *text = file_read_open(fd, now, size, &trouble);
    int error = errno;
    if (trouble == FILE_CHANGED)
        return LOOK_WAIT;
    if (trouble == FILE_SYSTEM)
        return look_complain(look, trouble, error);
    look->last_read = *now;
    look->certain = certain;
    return trouble == FILE_FINE ? LOOK_NEW : look_complain(look, trouble, 0);
}

enum look_found look_at(struct look *look, bool forced, char **text, size_t *size, int64_t *wait)
{
    struct file_stamp now;
    enum file_trouble trouble;
    enum look_found found = LOOK_SAME;
    int fd = file_open(look->file, &now, &trouble);

    *wait = LOOK_MS;
    if (fd < 0) {
        look->waiting_since = 0;
        return look_complain(look, trouble, errno);
    }
    if (forced)
        look->trouble = FILE_FINE; /* a forced look reports its errors again */
    look->again = file_same(&now, &look->last_read) && look->trouble != FILE_SYSTEM;
    bool same = look->again && look->certain;
    if (forced || (!same && is_quiet(look, &now, wait)))
        found = read_now(look, fd, &now, text, size);
    else if (!same)
        found = wait_for_quiet(look);
    if (found != LOOK_WAIT)
        look->waiting_since = 0;
    (void)close(fd);
    return found;
}
