/* policies.ini as a file: its text, what tells one state of it from another, and what keeps it from being read. Floor 1. */
#ifndef FILE_H
#define FILE_H

#include "buf.h"

#include <stdbool.h>
#include <stddef.h>
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
    FILE_KIND,    /* no regular file */
    FILE_EMPTY,   /* nothing in it, or no section */
    FILE_UTF16,
    FILE_LARGE,
    FILE_BUSY, /* is written to all the time; for who waits for it not to be */
    FILE_TROUBLES
};

/*
 * The whole text of FILE, of *SIZE bytes, not ended by a NUL, to be freed; and its STAMP. NULL and *TROUBLE where it cannot be
 * had: FILE_EMPTY, FILE_UTF16, FILE_KIND and FILE_LARGE come with a stamp, FILE_SYSTEM with errno.
 */
char *file_read(const char *file, size_t *size, struct file_stamp *stamp, enum file_trouble *trouble);

/*
 * Waits until a program that serves FILE has taken over what it says: until it was neither modified nor renamed into place for a
 * little over a second; 10 seconds at most. FILE_BUSY where it never was; whatever else is wrong is for file_read() to tell.
 */
enum file_trouble file_wait(const char *file);

void file_stamp(const struct stat *st, struct file_stamp *stamp);
bool file_same(const struct file_stamp *a, const struct file_stamp *b);

/* Writes all LEN bytes to the descriptor. False with errno where that fails. */
bool file_write(int fd, const char *bytes, size_t len);

/* Adds "FILE: what is wrong; what to do" to OUT. ERROR is the errno of FILE_SYSTEM. */
void file_print_trouble(const char *file, enum file_trouble trouble, int error, struct buf *out);

#endif
