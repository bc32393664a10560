#include "base/log.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"

#include <poll.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum {
    LOG_EVERY_MS = 60000,
    DAEMON_NOTICE = 29 /* facility and severity (RFC 3164 4.1.1) */
};

void log_form(const char *line, struct buf *text)
{
    buf_print(text, "%s: %s\n", log_program, line);
}

/* True if standard error is /dev/null. */
static bool goes_nowhere(void)
{
    struct stat log, null;

    return fstat(STDERR_FILENO, &log) == 0 && S_ISCHR(log.st_mode) && stat("/dev/null", &null) == 0 &&
           log.st_rdev == null.st_rdev;
}

/* Not syslog(3), which may wait. */
static void send_to_syslog(const struct buf *text)
{
    static const struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "/dev/log" };
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    struct buf message = { 0 };

    if (fd < 0)
        return;
    buf_print(&message, "<%d>", DAEMON_NOTICE);
    buf_add(&message, text->text, text->len - 1);
    if (!message.failed)
        (void)sendto(fd, message.text, message.len, MSG_DONTWAIT | MSG_NOSIGNAL, (const struct sockaddr *)&address,
                     sizeof address);
    buf_free(&message);
    (void)close(fd);
}

/* One write() a line: lines of several threads do not mix. */
void log_line(const char *line)
{
    struct pollfd log = { STDERR_FILENO, POLLOUT, 0 };
    struct buf text = { 0 };

    log_form(line, &text);
    if (text.text != NULL && poll(&log, 1, 0) == 1)
        (void)file_write(STDERR_FILENO, text.text, text.len);
    buf_free(&text);
}

void log_failed_start(const char *line)
{
    struct buf text = { 0 };

    log_line(line);
    log_form(line, &text);
    if (text.text != NULL && !text.failed && goes_nowhere())
        send_to_syslog(&text);
    buf_free(&text);
}

bool log_is_due(_Atomic int64_t *last)
{
    int64_t now = clock_ms(), before = atomic_load(last);

    return (before == 0 || now - before >= LOG_EVERY_MS) && atomic_compare_exchange_strong(last, &before, now);
}
