#include "config/standard.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* In the working directory. */
static const char local[] = "policies.ini";

const char *standard_named(void)
{
    const char *named = getenv("MTA_STS_POLICIES");

    return named != NULL && named[0] != '\0' ? named : NULL;
}

const char *standard_file(void)
{
    if (standard_named() != NULL)
        return standard_named();
    return access(local, F_OK) == 0 ? local : POLICIES;
}

const char *standard_other(const char *file)
{
    struct stat ours, theirs;

    if (standard_named() != NULL || strcmp(file, local) != 0 || stat(file, &ours) != 0 || stat(POLICIES, &theirs) != 0)
        return NULL;
    return ours.st_dev != theirs.st_dev || ours.st_ino != theirs.st_ino ? POLICIES : NULL;
}
