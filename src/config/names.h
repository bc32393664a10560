/* The names in the headers of policies.ini, and where each of them is found. Pure. */
#ifndef CONFIG_NAMES_H
#define CONFIG_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct index_verdict;

struct name {
    uint32_t at; /* offset in the text */
    uint32_t section : 30;
    uint32_t respelled : 1; /* written as its policy host, or with a final dot: gives way to one that is not */
    uint32_t repeated : 1;  /* stands again in the file: see DUPLICATES */
    uint32_t hash;
};

struct duplicate {
    uint32_t first, second;                  /* numbers of names */
    _Atomic(struct index_verdict *) verdict; /* NULL until somebody asks for it */
};

/* TEXT and SIZE are the caller's to set, all else is zero to begin with. */
struct names {
    const char *text; /* borrowed */
    size_t size;
    struct name *list; /* in the order of the file */
    size_t count, room;
    struct duplicate *duplicates; /* by their first, then by their second */
    size_t duplicate_count, duplicate_room;
    uint32_t *slots; /* 0, or the number of a name plus 1 */
    size_t slot_mask;
};

/* The largest number of a section. */
#define NAMES_SECTION_MAX 0x3fffffffU

/*
 * Adds the name at NAME in the text, of LEN bytes, in section number SECTION. It counts without a final dot and without
 * "mta-sts.", which are mistakes: they are to cost this domain, and not to hide it. False if memory runs out.
 */
bool names_add(struct names *names, const char *name, size_t len, uint32_t section);

/* To be called once all are added, and before the others below. False if memory runs out. */
bool names_file(struct names *names);

/* How many bytes of NAME in the text count. */
size_t names_length(const struct names *names, const struct name *name);

/* The first place of a domain in normal form, or of a template; NULL if there is none. */
const struct name *names_find(const struct names *names, const char *text);

/* Where NAME stood in the file before, or NULL. */
const struct name *names_earlier(const struct names *names, const struct name *name);

/* The first other place of FIRST; NULL if it is not repeated. */
struct duplicate *names_duplicate(const struct names *names, const struct name *first);

void names_free(struct names *names);

#endif
