/* A hash table of the names in the headers of policies.ini. Pure. */
#ifndef CONFIG_NAMES_H
#define CONFIG_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct index_verdict;

struct name {
    uint32_t at; /* its offset in the text */
    uint32_t section : 30;
    uint32_t respelled : 1; /* written with mta-sts. or a final dot (mistakes): a correct spelling replaces it */
    uint32_t repeated : 1;  /* the file has it again: see DUPLICATES */
    uint32_t hash;
};

struct duplicate {
    uint32_t first, second;                  /* indexes in LIST */
    _Atomic(struct index_verdict *) verdict; /* NULL until the first look-up */
};

/* The caller sets TEXT and SIZE, and zeroes the rest. */
struct names {
    const char *text; /* borrowed */
    size_t size;
    struct name *list; /* in the order of the file */
    size_t count, room;
    struct duplicate *duplicates; /* sorted by FIRST, then by SECOND */
    size_t duplicate_count, duplicate_room;
    uint32_t *slots; /* the hash table: 0, or an index in LIST plus 1 */
    size_t slot_mask;
};

/* The greatest section number. */
#define NAMES_SECTION_MAX 0x3fffffffU

/*
 * Adds NAME, LEN bytes within the text, of section number SECTION. A final dot and "mta-sts." are mistakes: the name is stored
 * without them, so that the mistake affects this domain. False if memory runs out.
 */
bool names_add(struct names *names, const char *name, size_t len, uint32_t section);

/* Builds the hash table. Call it after the last names_add() and before the functions below. False if memory runs out. */
bool names_file(struct names *names);

/* Returns the length of NAME in the text, without a final dot. */
size_t names_length(const struct names *names, const struct name *name);

/* Returns the first entry of TEXT, a domain in normal form or a template, or NULL. */
const struct name *names_find(const struct names *names, const char *text);

/* Returns the first entry of the same name if it is before NAME in the file, else NULL. */
const struct name *names_earlier(const struct names *names, const struct name *name);

/* Returns the first repetition of FIRST, or NULL. */
struct duplicate *names_duplicate(const struct names *names, const struct name *first);

void names_free(struct names *names);

#endif
