/* policies.ini as a file: its text, what tells one state of it from another, and what keeps it from being read. Floor 1. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <time.h>

/* What tells one state of a file from another. */
struct file_stamp {
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec modified, changed;
};

enum file_trouble {
    FILE_FINE,
    FILE_CHANGED, /* while it was being read; to be tried again */
    FILE_SYSTEM,  /* errno says what */
    FILE_FOLDER,
    FILE_KIND,       /* no regular file */
    FILE_EMPTY,      /* nothing in it, or no section */
    FILE_NO_DOMAINS, /* sections, and no domain; for who had some before */
    FILE_ONLY_CR,    /* no line ends but CR */
    FILE_UTF16,
    FILE_LARGE,
    FILE_BUSY, /* is written to all the time; for who waits for it not to be */
    FILE_TROUBLES
};

/*
 * Opens FILE, and takes the STAMP of what it opened. -1 where that fails: *TROUBLE is FILE_FOLDER, or FILE_SYSTEM with errno. The
 * descriptor is to be closed.
 */
int file_open(const char *file, struct file_stamp *stamp, enum file_trouble *trouble);

/*
 * The whole text of the file that FD is open on and that had STAMP: *SIZE bytes, not ended by a NUL, to be freed. NULL and
 * *TROUBLE where it cannot be had: FILE_CHANGED where it has another stamp by now, FILE_SYSTEM with errno, or what is wrong with
 * it.
 */
char *file_read_open(int fd, const struct file_stamp *stamp, size_t *size, enum file_trouble *trouble);

/* The same of FILE as it is now. */
char *file_read(const char *file, size_t *size, enum file_trouble *trouble);

/* How long ago TIME was by the clock that files have their times from, in milliseconds; below 0 where it lies in the future. */
int64_t file_age(const struct timespec *time);

/*
 * Waits until a program that serves FILE has taken over what it says: until it was neither modified nor renamed into place for a
 * little over a second, and as long as the check of a file of that size takes. FILE_BUSY where it never was within 10 seconds
 * more; whatever else is wrong is for file_read() to report.
 */
enum file_trouble file_wait(const char *file);

bool file_same(const struct file_stamp *a, const struct file_stamp *b);

/* Writes all LEN bytes to the descriptor. False with errno where that fails. */
bool file_write(int fd, const char *bytes, size_t len);

/* Adds "FILE: what is wrong; what to do" to OUT. ERROR is the errno of FILE_SYSTEM. */
void file_print_trouble(const char *file, enum file_trouble trouble, int error, struct buf *out);

#endif
