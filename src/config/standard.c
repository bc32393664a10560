#include "config/standard.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* In the working directory. */
static const char local[] = "policies.ini";

/* Returns $MTA_STS_POLICIES, or NULL if it is not set or empty. */
static const char *named_file(void)
{
    const char *named = getenv("MTA_STS_POLICIES");

    return named != NULL && named[0] != '\0' ? named : NULL;
}

const char *standard_file(void)
{
    if (named_file() != NULL)
        return named_file();
    return access(local, F_OK) == 0 ? local : POLICIES;
}

const char *standard_other(const char *file)
{
    struct stat ours, theirs;

    if (named_file() != NULL || strcmp(file, local) != 0 || stat(file, &ours) != 0 || stat(POLICIES, &theirs) != 0)
        return NULL;
    return ours.st_dev != theirs.st_dev || ours.st_ino != theirs.st_ino ? POLICIES : NULL;
}
