/* What the program is asked to do by its arguments, and what it says of itself: usage and version. */
#ifndef COMMAND_OPTIONS_H
#define COMMAND_OPTIONS_H

#include "serve/listen.h"

#include <stdbool.h>
#include <stdio.h>

/* Of -t. */
#define OPTIONS_THREADS_DEFAULT 16
#define OPTIONS_THREADS_MAX 1024

enum options_action {
    OPTIONS_WRONG,   /* the arguments are wrong, and standard error says why */
    OPTIONS_SERVE,   /* FastCGI, by FILE, THREADS and LISTEN */
    OPTIONS_COMMAND, /* the command ARGV[0], by FILE; ARGC counts it and its arguments */
    OPTIONS_NOTHING, /* neither */
    OPTIONS_HELP,
    OPTIONS_VERSION
};

struct options {
    const char *file;
    bool is_default;   /* FILE is not that of -f */
    const char *other; /* another file that exists, which FILE was preferred to because of the working directory; or NULL */
    unsigned threads;
    struct listen_place listen; /* of -l */
    int argc;
    char **argv;
};

/* Reads the arguments of main(). SERVES: there is a listening socket, and so there is to be neither a command nor -l. Call it
 * once. */
enum options_action options_read(int argc, char *argv[], bool serves, struct options *options);

/* Writes the usage to OUT. False where that fails. */
bool options_print_usage(FILE *out);

/* Prints the version, what the program was built with, and LANDLOCK, what is known of the kernel's. False where that fails. */
bool options_print_version(const char *landlock);

#endif
