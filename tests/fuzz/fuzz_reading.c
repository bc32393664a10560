/*
 * Two files, with a NUL byte between them, the second taken over from the first. Each domain of either, and one of neither, is
 * answered with what the second file says of it, or with its own last good policy of the first, or not at all: never with a
 * policy of [*] where it has a section, and never with any other.
 */
#include "base/buf.h"
#include "config/reading.h"
#include "fuzz.h"
#include "ini/lines.h"

static const char name[] = "policies.ini";

static void on_line(const char *line)
{
    CHECK(strncmp(line, name, strlen(name)) == 0);
}

static struct reading *reading_of(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);

    CHECK(text != NULL);
    if (size > 0)
        memcpy(text, data, size);
    struct index *index = index_new(text, size, name, NULL);
    CHECK(index != NULL);
    struct reading *reading = reading_new(index);
    CHECK(reading != NULL);
    return reading;
}

static bool is(const struct reading_answer *answer, const struct index_verdict *verdict)
{
    return verdict != NULL && verdict->found == INDEX_POLICY && answer->len == verdict->len &&
           memcmp(answer->bytes, verdict->bytes, answer->len) == 0;
}

/* What DOMAIN is answered, BEFORE being the first file and READING the second after it. */
static void check_domain(struct reading *reading, struct reading *before, const char *domain)
{
    static struct reading_answer answer;
    struct index *now = reading_index(reading), *then = reading_index(before);
    const struct index_verdict *own, *star, *own_then, *star_then;

    CHECK(index_find_named(now, domain, &own) && index_find_named(now, "*", &star));
    CHECK(index_find_named(then, domain, &own_then) && index_find_named(then, "*", &star_then));
    reading_find(reading, domain, &answer);
    if (own != NULL && own->found == INDEX_POLICY)
        CHECK(answer.found == READING_POLICY && is(&answer, own));
    else if (own != NULL || (index_has_lost(now) && is(&answer, own_then)))
        CHECK(answer.found == READING_BROKEN || (answer.found == READING_POLICY && is(&answer, own_then)));
    else if (answer.found == READING_POLICY)
        CHECK(is(&answer, star) || ((star == NULL || star->found != INDEX_POLICY) && is(&answer, star_then)));
    CHECK(!index_has_lost(now) || !index_has_lost(then) || own != NULL || own_then != NULL || answer.found == READING_BROKEN);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    ini_init();
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *middle = size > 0 ? memchr(data, '\0', size) : NULL;
    const atomic_bool stop = false;
    char domain[DOMAIN_MAX + 1];

    if (middle == NULL)
        return 0;
    size_t first = (size_t)(middle - data);
    struct reading *before = reading_of(data, first), *reading = reading_of(middle + 1, size - first - 1);
    CHECK(reading_check(before, NULL, name, on_line, &stop) && reading_check(reading, before, name, on_line, &stop));
    for (size_t at = 0; index_next_domain(reading_index(before), &at, domain);)
        if (strcmp(domain, "*") != 0)
            check_domain(reading, before, domain);
    for (size_t at = 0; index_next_domain(reading_index(reading), &at, domain);)
        if (strcmp(domain, "*") != 0)
            check_domain(reading, before, domain);
    check_domain(reading, before, "not-there.example");
    reading_drop(before);
    reading_drop(reading);
    return 0;
}
