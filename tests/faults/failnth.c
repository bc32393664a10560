/*
 * failnth.so, for LD_PRELOAD: call number FAILNTH of malloc(), calloc() or realloc() returns NULL. With FAILNTH_ALL all calls
 * after it fail too. With FAILNTH_END libevent has none to end a loop. With FAILNTH_MARK counting begins at SIGUSR2. The file
 * FAILNTH_LOG gets the callers of the failed call, innermost first. If no call failed, it gets the number of calls when the
 * program ends.
 */
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FRAMES = 12, OWN_FRAMES = 2 };

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);

static atomic_long calls;
static atomic_bool counting;
static long nth;
static bool all;
static int log_fd = -1;

static void tell(const char *text)
{
    if (write(log_fd, text, strlen(text)) < 0)
        abort();
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL ? slash + 1 : path;
}

__attribute__((noinline)) static void tell_callers(void)
{
    void *frames[FRAMES];
    int count = backtrace(frames, FRAMES);

    for (int i = OWN_FRAMES; i < count; i++) {
        Dl_info info;
        char text[512];
        if (dladdr(frames[i], &info) == 0 || info.dli_fname == NULL)
            break;
        (void)snprintf(text, sizeof text, "%s:%s+0x%lx ", base_name(info.dli_fname), info.dli_sname != NULL ? info.dli_sname : "",
                       (unsigned long)((char *)frames[i] - (char *)info.dli_fbase));
        tell(text);
    }
    tell("\n");
}

__attribute__((noinline)) static bool fails(void)
{
    if (!atomic_load(&counting))
        return false;
    long call = atomic_fetch_add(&calls, 1) + 1;
    if (nth == 0 || (all ? call < nth : call != nth))
        return false;
    if (call == nth)
        tell_callers();
    errno = ENOMEM;
    return true;
}

/* The frames left out above are tell_callers() and these, into which fails() goes. */
void *malloc(size_t size)
{
    return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return fails() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
    return fails() ? NULL : __libc_realloc(old, size);
}

/* libevent's, which takes memory, too. No header of libevent is needed for this. */
int event_base_loopexit(void *base, const void *after);
int event_base_loopexit(void *base, const void *after)
{
    int (*real)(void *, const void *);
    void *found = dlsym(RTLD_NEXT, "event_base_loopexit");

    if (getenv("FAILNTH_END") != NULL || found == NULL)
        return -1;
    memcpy(&real, &found, sizeof real);
    return real(base, after);
}

static void begin_counting(int signal)
{
    (void)signal;
    atomic_store(&counting, true);
}

__attribute__((constructor)) static void begin(void)
{
    const char *number = getenv("FAILNTH"), *log = getenv("FAILNTH_LOG");
    void *frames[FRAMES];

    if (number == NULL || log == NULL)
        return;
    nth = strtol(number, NULL, 10);
    all = getenv("FAILNTH_ALL") != NULL;
    log_fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    /* backtrace() allocates in its first call. */
    (void)backtrace(frames, FRAMES);
    if (getenv("FAILNTH_MARK") != NULL)
        (void)signal(SIGUSR2, begin_counting);
    else
        atomic_store(&counting, true);
}

__attribute__((destructor)) static void end(void)
{
    char text[32];

    if (log_fd < 0 || nth != 0)
        return;
    (void)snprintf(text, sizeof text, "calls %ld\n", atomic_load(&calls));
    tell(text);
}
