/* Reads policies.ini as a file, detects that it has changed, and explains why it cannot be read. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <time.h>

/* Identifies one state of a file: if the stamp differs, the file has changed. */
struct file_stamp {
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec modified, changed;
};

enum file_trouble {
    FILE_FINE,
    FILE_CHANGED, /* it changed while it was read; try again */
    FILE_SYSTEM,  /* a system call failed; see errno */
    FILE_FOLDER,
    FILE_KIND,       /* not a regular file */
    FILE_EMPTY,      /* no bytes, or no section */
    FILE_NO_DOMAINS, /* sections, but none for a domain */
    FILE_ONLY_CR,    /* only CR as line ends */
    FILE_UTF16,
    FILE_LARGE,
    FILE_BUSY, /* it kept changing while file_wait() waited */
    FILE_TROUBLES
};

/*
 * Opens FILE for reading and fills STAMP. Returns a descriptor; the caller closes it. Returns -1 on an error: *TROUBLE is
 * FILE_FOLDER, FILE_KIND, or FILE_SYSTEM with errno.
 */
int file_open(const char *file, struct file_stamp *stamp, enum file_trouble *trouble);

/*
 * Reads the whole open file FD. Returns *SIZE bytes without a final NUL; the caller frees them. Returns NULL on an error:
 * *TROUBLE is FILE_CHANGED if the file's stamp is no longer STAMP, FILE_SYSTEM with errno, or a value that describes the content.
 */
char *file_read_open(int fd, const struct file_stamp *stamp, size_t *size, enum file_trouble *trouble);

/* Opens FILE, reads it like file_read_open(), and closes it. Errors are those of both functions. */
char *file_read(const char *file, size_t *size, enum file_trouble *trouble);

/* Returns the age in milliseconds of TIME, a file's time (CLOCK_REALTIME). Negative if TIME is in the future. */
int64_t file_age(const struct timespec *time);

/*
 * Waits until a program that serves FILE has read its last change. That is so when FILE has not been modified or replaced for a
 * little over a second, plus the time that the check of a file of this size takes. Returns FILE_BUSY if FILE kept changing for 10
 * seconds more, else FILE_FINE, also if FILE cannot be read: file_read() reports that.
 */
enum file_trouble file_wait(const char *file);

/* True if A and B are stamps of the same state of the same file. */
bool file_same(const struct file_stamp *a, const struct file_stamp *b);

/* Writes all LEN bytes to FD. False with errno on an error. */
bool file_write(int fd, const char *bytes, size_t len);

/* Appends "FILE: what is wrong; what to do" to OUT. ERROR is the errno that belongs to FILE_SYSTEM; otherwise it is ignored. */
void file_print_trouble(const char *file, enum file_trouble trouble, int error, struct buf *out);

/* True if what is written to FD is added to a file that is not empty: >>FILE in a shell. */
bool file_is_added_to(int fd);

#endif
