/* Which policies.ini is read if none is named. */
#ifndef CONFIG_STANDARD_H
#define CONFIG_STANDARD_H

/* The system's file; `make POLICIES=...` sets it. */
#ifndef POLICIES
#define POLICIES "/etc/mta-sts/policies.ini"
#endif

/* $MTA_STS_POLICIES, or NULL if it is not set or empty. Do not free it. */
const char *standard_named(void);

/* $MTA_STS_POLICIES, or policies.ini in the working directory if it exists, or the system's. Do not free it. */
const char *standard_file(void);

/* The system's file if it exists, is not FILE, and FILE was preferred because it is in the working directory. Else NULL. */
const char *standard_other(const char *file);

#endif
