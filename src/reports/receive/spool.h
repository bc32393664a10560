/*
 * The folder of reports: DIR/DOMAIN/DAY/NAME, where DAY is the day in UTC on which a report came. All that is counted is on the
 * disk, so that several processes and threads may write to it at once, and each may be killed at any time.
 */
#ifndef REPORTS_RECEIVE_SPOOL_H
#define REPORTS_RECEIVE_SPOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An open folder, and what a domain may put into it. The caller fills it; the descriptor stays the caller's. */
struct spool {
    int folder;
    unsigned reports; /* the most reports of a domain in a day */
    size_t bytes;     /* the most bytes of them */
    unsigned days;    /* of a domain that are kept, today included; earlier ones are removed when a day begins */
};

enum spool_result {
    SPOOL_FINE,
    SPOOL_DAY_FULL,  /* the domain has its reports of today */
    SPOOL_BUSY,      /* it would have, if all that are on their way were complete; or its folder stays locked by another writer */
    SPOOL_DISK_FULL, /* or a quota is reached; see errno */
    SPOOL_FAILED     /* see errno */
};

/* A file that is being written: it has another name until it is complete. */
struct spool_file;

/* Opens FOLDER. Returns a descriptor, or -1 with errno. */
int spool_open(const char *folder);

/*
 * Begins a file for DOMAIN, a domain in normal form, at NOW (seconds since 1970): reserves ROOM bytes on the disk. The name ends
 * in .json.gz if GZIP. With SPOOL_FINE *FILE is to be given to spool_end() or spool_drop().
 */
enum spool_result spool_begin(const struct spool *spool, const char *domain, size_t room, bool gzip, int64_t now,
                              struct spool_file **file);

/* Adds LEN bytes, with those before at most ROOM. On an error only spool_drop() may follow. */
enum spool_result spool_add(struct spool_file *file, const char *bytes, size_t len);

/* With SPOOL_FINE the file is on the disk, under its name. On an error nothing is left. FILE is freed in any case. */
enum spool_result spool_end(struct spool_file *file);

/* Removes the file, and frees FILE. */
void spool_drop(struct spool_file *file);

#endif
