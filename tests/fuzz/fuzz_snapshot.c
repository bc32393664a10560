/*
 * Two files, with a NUL byte between them. The second replaces the first. Each domain of either, and one of neither, gets the
 * policy of the second file, or its own last good policy of the first, or none. A domain with a section never gets the policy of
 * [*], and no domain ever gets another one's.
 */
#include "base/buf.h"
#include "config/snapshot.h"
#include "fuzz_ini.h"

static void on_line(const char *line)
{
    CHECK(strncmp(line, name, strlen(name)) == 0);
}

static struct snapshot *snapshot_of(const uint8_t *data, size_t size)
{
    struct snapshot *snapshot = snapshot_new(index_of(data, size, NULL));

    CHECK(snapshot != NULL);
    return snapshot;
}

static bool is(const struct snapshot_answer *answer, const struct index_verdict *verdict)
{
    return verdict != NULL && verdict->found == INDEX_POLICY && answer->len == verdict->len &&
           memcmp(answer->bytes, verdict->bytes, answer->len) == 0;
}

/* The answer for DOMAIN. BEFORE is the snapshot of the first file, SNAPSHOT that of the second. */
static void check_domain(struct snapshot *snapshot, struct snapshot *before, const char *domain)
{
    static struct snapshot_answer answer;
    struct index *now = snapshot_index(snapshot), *then = snapshot_index(before);
    const struct index_verdict *own, *star, *own_then, *star_then;

    CHECK(index_find_named(now, domain, domain, &own) && index_find_named(now, "*", domain, &star));
    CHECK(index_find_named(then, domain, domain, &own_then) && index_find_named(then, "*", domain, &star_then));
    snapshot_find(snapshot, domain, &answer);
    if (own != NULL && own->found == INDEX_POLICY)
        CHECK(answer.found == SNAPSHOT_POLICY && is(&answer, own));
    else if (own != NULL || (index_has_lost(now) && is(&answer, own_then)))
        CHECK(answer.found == SNAPSHOT_BROKEN || (answer.found == SNAPSHOT_POLICY && is(&answer, own_then)));
    else if (answer.found == SNAPSHOT_POLICY)
        CHECK(is(&answer, star) || ((star == NULL || star->found != INDEX_POLICY) && is(&answer, star_then)));
    CHECK(!index_has_lost(now) || !index_has_lost(then) || own != NULL || own_then != NULL || answer.found == SNAPSHOT_BROKEN);
    verdict_drop(own);
    verdict_drop(star);
    verdict_drop(own_then);
    verdict_drop(star_then);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *middle = size > 0 ? memchr(data, '\0', size) : NULL;
    const atomic_bool stop = false;
    char domain[DOMAIN_MAX + 1];

    if (middle == NULL)
        return 0;
    size_t first = (size_t)(middle - data);
    struct snapshot *before = snapshot_of(data, first), *snapshot = snapshot_of(middle + 1, size - first - 1);
    CHECK(snapshot_audit(before, NULL, name, on_line, &stop) && snapshot_audit(snapshot, before, name, on_line, &stop));
    for (size_t at = 0; index_next_domain(snapshot_index(before), &at, domain);)
        if (strcmp(domain, "*") != 0)
            check_domain(snapshot, before, domain);
    for (size_t at = 0; index_next_domain(snapshot_index(snapshot), &at, domain);)
        if (strcmp(domain, "*") != 0)
            check_domain(snapshot, before, domain);
    check_domain(snapshot, before, "not-there.example");
    snapshot_drop(before);
    snapshot_drop(snapshot);
    return 0;
}
