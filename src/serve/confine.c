/* For O_PATH and syscall(). */
#define _GNU_SOURCE // NOLINT(bugprone-reserved-identifier)
#include "serve/confine.h"

#include "base/buf.h"

#if defined __linux__ && !defined NO_LANDLOCK
#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

/* Not linux/landlock.h: the kernel may be newer than the headers that this was built with. */
#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule 445
#define SYS_landlock_restrict_self 446
#endif

enum { ASK_VERSION = 1, PATH_BENEATH = 1, READ_FILE = 1 << 2, TCP = 3, VERSION_TCP = 4, VERSION_SCOPES = 6, SCOPES = 3 };

/* To write and read files, to read folders, to make and remove both (a truncation: from version 3 on). */
enum { WRITING = 1 << 1 | 1 << 2 | 1 << 3 | 1 << 4 | 1 << 5 | 1 << 7 | 1 << 8 | 1 << 14 };

struct ruleset {
    uint64_t files, net, scopes;
};

struct __attribute__((packed)) rule {
    uint64_t allowed;
    int32_t folder;
};

/* The rights to files that each version of Landlock knows. */
static const uint64_t rights[] = { 0, 0x1FFF, 0x3FFF, 0x7FFF, 0x7FFF, 0xFFFF };

#define NEWEST (sizeof rights / sizeof *rights - 1)

/* The version of the kernel's Landlock, or a negative number with errno. */
static long ask_version(void)
{
    return syscall(SYS_landlock_create_ruleset, NULL, 0, ASK_VERSION);
}

/* A filter of system calls is in force. A kernel without such filters fails with EINVAL. */
static bool is_filtered(void)
{
    int mode = prctl(PR_GET_SECCOMP, 0, 0, 0, 0);

    return mode == SECCOMP_MODE_FILTER || (mode < 0 && errno != EINVAL);
}

/* Why a filtered system call is said not to exist. The kernel lists its security modules where that file system is mounted. */
static const char *reason_for_absence(void)
{
    char modules[512];
    int fd = open("/sys/kernel/security/lsm", O_RDONLY | O_CLOEXEC);
    ssize_t len = fd < 0 ? -1 : read(fd, modules, sizeof modules - 1);

    if (fd >= 0)
        (void)close(fd);
    if (len <= 0)
        return "this kernel does not have it, or a filter of system calls (seccomp) hides it";
    modules[len] = '\0';
    return strstr(modules, "landlock") == NULL ? "it is not among this kernel's security modules"
                                               : "a filter of system calls (seccomp) hides it";
}

/* Why a system call of Landlock has failed with ERROR. */
static const char *reason(int error)
{
    if (error == EOPNOTSUPP)
        return "it is disabled; add landlock to lsm= on the kernel's command line";
    bool filtered = is_filtered();
    if (error == ENOSYS)
        return filtered ? reason_for_absence() : "this kernel does not have it";
    /* The kernel itself does not forbid these calls. */
    return filtered && (error == EPERM || error == EACCES) ? "a filter of system calls (seccomp) forbids it" : strerror(error);
}

/* What Landlock of VERSION is, and what it is too old for. */
static void print_version(long version, struct buf *out)
{
    buf_print(out, "Landlock %ld%s", version, version < VERSION_TCP ? ", which cannot limit TCP connections" : "");
}

void confine_print(struct buf *out)
{
    long version = ask_version();

    if (version > 0)
        print_version(version, out);
    else
        buf_print(out, "no Landlock: %s", reason(errno));
}

/* Is FILE, or a folder on its path, a symbolic link? */
static bool has_link(char *file)
{
    struct stat st;
    bool found = false;

    for (char *at = file + 1; !found && at[-1] != '\0'; at++) {
        char was = *at;
        if (was != '/' && was != '\0')
            continue;
        *at = '\0';
        found = lstat(file, &st) == 0 && S_ISLNK(st.st_mode);
        *at = was;
    }
    return found;
}

/* Cuts FILE, which has a final NUL, to its folder. */
static const char *folder_of(char *file)
{
    char *slash = strrchr(file, '/');

    if (slash == NULL)
        return ".";
    if (slash == file)
        return "/";
    *slash = '\0';
    return file;
}

/* Allows ALLOWED in FOLDER. RULES is the descriptor of a ruleset. Returns 0 or an errno. */
static int allow(int rules, const char *folder, uint64_t allowed)
{
    struct rule rule = { allowed, open(folder, O_PATH | O_CLOEXEC) };

    if (rule.folder < 0)
        return errno;
    int error = syscall(SYS_landlock_add_rule, rules, PATH_BENEATH, &rule, 0) != 0 ? errno : 0;
    (void)close(rule.folder);
    return error;
}

/*
 * From now on only files in the folder READS may be read, and all in the folder WRITES may be changed unless it is NULL, by
 * Landlock of VERSION. Returns 0 or an errno.
 */
static int restrict_to(long version, const char *reads, const char *writes)
{
    const struct ruleset set = { rights[(size_t)version < NEWEST ? (size_t)version : NEWEST], version >= VERSION_TCP ? TCP : 0,
                                 version >= VERSION_SCOPES ? SCOPES : 0 };
    int rules = (int)syscall(SYS_landlock_create_ruleset, &set, sizeof set, 0);

    if (rules < 0)
        return errno;
    int error = allow(rules, reads, READ_FILE);
    if (error == 0 && writes != NULL)
        error = allow(rules, writes, WRITING & set.files);
    if (error == 0 && syscall(SYS_landlock_restrict_self, rules, 0) != 0)
        error = errno;
    (void)close(rules);
    return error;
}

static void print_limits(long version, bool linked, bool writes, struct buf *said)
{
    buf_print(said, "file access limited to reading%s%s (", linked ? "" : " in its folder", writes ? " and writing reports" : "");
    if (version < VERSION_TCP)
        print_version(version, said);
    else
        buf_print(said, "Landlock");
    buf_print(said, ")");
}

static void restrict_and_say(char *path, const char *folder, struct buf *said)
{
    bool linked = has_link(path);
    long version = ask_version();
    int error = version < 0 ? errno : restrict_to(version, linked ? "/" : folder_of(path), folder);

    if (error != 0)
        buf_print(said, "file access not limited by Landlock: %s", reason(error));
    else
        print_limits(version, linked, folder != NULL, said);
}

/* Without no_new_privs the kernel allows Landlock to root only. */
void confine_to(const char *file, const char *folder, struct buf *said)
{
    char *path = strdup(file);

    if (path == NULL)
        buf_print(said, "file access not limited by Landlock: out of memory");
    else if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        buf_print(said, "file access not limited by Landlock: new privileges cannot be given up: %s", strerror(errno));
    else
        restrict_and_say(path, folder, said);
    free(path);
}

#else

static const char absent[] = "this program was built without it";

void confine_print(struct buf *out)
{
    buf_print(out, "no Landlock: %s", absent);
}

void confine_to(const char *file, const char *folder, struct buf *said)
{
    (void)file;
    (void)folder;
    buf_print(said, "file access not limited by Landlock: %s", absent);
}

#endif
