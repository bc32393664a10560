/* For the drivers whose input is a policies.ini: iniparser's setup, and an index of the input. One driver includes it once. */
#ifndef FUZZ_INI_H
#define FUZZ_INI_H

#include "config/index.h"
#include "fuzz.h"
#include "ini/lines.h"

static const char name[] = "policies.ini";

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    ini_init();
    return 0;
}

/* The index of a whole file. ONLY is as in index_new(). */
static struct index *index_of(const uint8_t *data, size_t size, const char *only)
{
    struct index *index = index_new(fuzz_copy(data, size), size, name, only);

    CHECK(index != NULL);
    return index;
}

#endif
