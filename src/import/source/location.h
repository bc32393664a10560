/* The locations of a server in an nginx configuration, as far as /.well-known/mta-sts.txt needs them. Pure. */
#ifndef IMPORT_SOURCE_LOCATION_H
#define IMPORT_SOURCE_LOCATION_H

#include <stdbool.h>
#include <stddef.h>

enum location_type {
    LOCATION_EXACT,  /* = */
    LOCATION_FINAL,  /* ^~ */
    LOCATION_PREFIX, /* no modifier */
    LOCATION_REGEX,  /* ~ and ~* */
    LOCATION_NAMED   /* @, and what cannot be read */
};

enum location_match { LOCATION_NO, LOCATION_PERHAPS, LOCATION_YES };

/* A location, and whether it matches the path of the policy. */
struct location {
    enum location_type type;
    enum location_match match;
    size_t len; /* of a prefix */
};

/* Reads the directive WORDS, which begins with "location", COUNT words. */
struct location location_read(const char *const words[3], size_t count);

/* The locations of one server that were read. Zeroed memory is none. */
struct locations {
    size_t count;
    size_t exact, prefix, regex; /* the best one of each type: its number, counted from 1; 0: none */
    size_t prefix_len;
    bool is_final; /* the longest prefix has ^~ */
};

/* Adds LOCATION, and returns its number. */
size_t location_add(struct locations *locations, const struct location *location);

/* Returns the number of the location that answers for the path of the policy, or may do so; 0: none. */
size_t location_answering(const struct locations *locations);

#endif
