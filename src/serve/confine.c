/* For O_PATH and syscall(). */
#define _GNU_SOURCE // NOLINT(bugprone-reserved-identifier)
#include "serve/confine.h"

#if defined __linux__ && !defined NO_LANDLOCK
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
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

int confine_version(void)
{
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, ASK_VERSION);

    return version < 0 ? 0 : (int)version;
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

/* Allows ALLOWED in FOLDER. RULES is the descriptor of a ruleset. */
static bool allow(int rules, const char *folder, uint64_t allowed)
{
    struct rule rule = { allowed, open(folder, O_PATH | O_CLOEXEC) };

    if (rule.folder < 0)
        return false;
    bool good = syscall(SYS_landlock_add_rule, rules, PATH_BENEATH, &rule, 0) == 0;
    (void)close(rule.folder);
    return good;
}

enum confined confine_to(const char *file, const char *folder)
{
    size_t version = (size_t)confine_version();
    const struct ruleset set = { rights[version < NEWEST ? version : NEWEST], version >= VERSION_TCP ? TCP : 0,
                                 version >= VERSION_SCOPES ? SCOPES : 0 };
    char *path = strdup(file);

    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || version == 0 || path == NULL || path[0] == '\0') {
        free(path);
        return CONFINED_NOT;
    }
    bool linked = has_link(path), good = false;
    int rules = (int)syscall(SYS_landlock_create_ruleset, &set, sizeof set, 0);
    if (rules >= 0) {
        good = allow(rules, linked ? "/" : folder_of(path), READ_FILE) &&
               (folder == NULL || allow(rules, folder, WRITING & set.files)) &&
               syscall(SYS_landlock_restrict_self, rules, 0) == 0;
        (void)close(rules);
    }
    free(path);
    if (!good)
        return CONFINED_NOT;
    return linked ? CONFINED_READING : CONFINED_FOLDER;
}

#else

int confine_version(void)
{
    return -1;
}

enum confined confine_to(const char *file, const char *folder)
{
    (void)file;
    (void)folder;
    return CONFINED_NOT;
}

#endif
