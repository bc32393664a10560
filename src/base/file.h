/* policies.ini as a file: its text, its stamp, which tells whether it has changed, and the reasons why it cannot be read. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <time.h>

/* Two states of a file differ in this. */
struct file_stamp {
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec modified, changed;
};

enum file_trouble {
    FILE_FINE,
    FILE_CHANGED, /* while it was read; try again */
    FILE_SYSTEM,  /* errno says what */
    FILE_FOLDER,
    FILE_KIND,       /* no regular file */
    FILE_EMPTY,      /* nothing in it, or no section */
    FILE_NO_DOMAINS, /* sections, and none of a domain */
    FILE_ONLY_CR,    /* its line ends are CR alone */
    FILE_UTF16,
    FILE_LARGE,
    FILE_BUSY, /* it changed all the time that file_wait() waited */
    FILE_TROUBLES
};

/*
 * Opens FILE, and takes the STAMP of what it opened. Returns a descriptor, for the caller to close. -1 where that fails: *TROUBLE
 * is FILE_FOLDER or FILE_KIND, or FILE_SYSTEM with errno.
 */
int file_open(const char *file, struct file_stamp *stamp, enum file_trouble *trouble);

/*
 * The whole text of the open file FD: *SIZE bytes, with no NUL at the end, for the caller to free. NULL where that fails:
 * *TROUBLE is FILE_CHANGED where its stamp is not STAMP any more, FILE_SYSTEM with errno, or what is wrong with the file.
 */
char *file_read_open(int fd, const struct file_stamp *stamp, size_t *size, enum file_trouble *trouble);

/* Opens FILE, reads it so, and closes it. */
char *file_read(const char *file, size_t *size, enum file_trouble *trouble);

/* How many milliseconds ago TIME was, a time of a file (CLOCK_REALTIME). Negative where it lies in the future. */
int64_t file_age(const struct timespec *time);

/*
 * Waits until a program that serves FILE has read it again after its last change: until FILE was neither modified nor replaced
 * for a little over a second, and for as long as the check of a file of that size takes. FILE_BUSY where it kept changing for 10
 * seconds more. Whatever else is wrong, file_read() reports.
 */
enum file_trouble file_wait(const char *file);

/* Are A and B the stamps of one state of one file? */
bool file_same(const struct file_stamp *a, const struct file_stamp *b);

/* Writes all LEN bytes to the descriptor. False with errno where that fails. */
bool file_write(int fd, const char *bytes, size_t len);

/* Adds "FILE: what is wrong; what to do" to OUT. ERROR is the errno of FILE_SYSTEM. */
void file_print_trouble(const char *file, enum file_trouble trouble, int error, struct buf *out);

#endif
