/* Reads the options of a program from its command line. Pure. */
#ifndef PROGRAM_ARGUMENTS_H
#define PROGRAM_ARGUMENTS_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

/* How an option is written, and what it does, for the usage. */
struct arguments_option {
    char letter;                        /* '\0': none */
    const char *word, *argument, *does; /* ARGUMENT: NULL if it takes no value */
};

/* The options of a program: COUNT of them. */
struct arguments_options {
    const char *program; /* its name */
    size_t count;
    struct arguments_option (*option)(size_t number);
    /* Takes VALUE of option NUMBER, NULL if it has none. Returns NULL, or what to write instead. */
    const char *(*take)(void *to, size_t number, const char *value);
    void *to;
};

/*
 * Reads the arguments of main(): options in any order, "-q", "-qf FILE", "-fFILE", "--file FILE", "--file=FILE"; after "--" there
 * are none. Writes the other arguments to the beginning of ARGV, *COUNT of them. On an error returns false, and appends to WHY
 * what is wrong and what to write instead.
 */
bool arguments_read(const struct arguments_options *options, int argc, char *argv[], size_t *count, struct buf *why);

/* Reads TEXT, the value of an option, as a whole number from LEAST to MOST. False if it is none; *NUMBER is then unchanged. */
bool arguments_number(const char *text, unsigned least, unsigned most, unsigned *number);

/* Adds a line for each option to OUT. */
void arguments_usage(const struct arguments_options *options, struct buf *out);

#endif
