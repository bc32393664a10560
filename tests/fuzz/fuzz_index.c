/*
 * A whole file. The audit reports each mistake in one clean line. A domain that it does not report as broken has a valid policy,
 * and the others have none. A request for one domain gets the same answer from an index of that domain alone, in any order.
 */
#include "base/buf.h"
#include "fuzz_ini.h"

enum { ASKED_MAX = 8 }; /* domains for which an index of their own is made */

struct told {
    struct buf broken; /* domains, each ended by a line end */
    size_t newlines, mistakes;
};

static void on_problem(void *to, unsigned line, bool warning, const char *text)
{
    struct told *told = to;
    char begin[64];

    (void)snprintf(begin, sizeof begin, "%s:%u: %s", name, line, warning ? "warning: " : "");
    CHECK(strncmp(text, begin, strlen(begin)) == 0 && text[strlen(begin)] != '\0');
    CHECK(line >= 1 && line <= told->newlines + 1);
    for (const char *c = text; *c != '\0'; c++)
        CHECK((unsigned char)*c >= ' ' && *c != 0x7f);
    told->mistakes += !warning;
}

static void on_broken(void *to, const char *domain)
{
    struct told *told = to;

    CHECK(told->mistakes > 0 || domain[0] != '\0');
    buf_print(&told->broken, "%s\n", domain);
}

static bool is_broken(const struct told *told, const char *domain)
{
    char line[DOMAIN_MAX + 3];

    (void)snprintf(line, sizeof line, "\n%s\n", domain);
    return strstr(told->broken.text, line) != NULL;
}

static void check_beside(struct index *index, const char *domain, bool leaving)
{
    struct index_records beside = { 0 };

    CHECK(index_records(index, domain, &beside));
    CHECK(beside.leaving == leaving);
    index_records_free(&beside);
}

static void check_domain(struct index *index, const struct told *told, const char *domain)
{
    const struct index_verdict *verdict, *again;
    struct fuzz_policy policy;

    CHECK(strcmp(domain, "*") == 0 || domain_fault(domain, strlen(domain)) == DOMAIN_FINE);
    CHECK(index_names(index, domain) && index_find(index, domain, &verdict) && verdict != NULL);
    CHECK(index_find(index, domain, &again) && (again == verdict || verdict->alone));
    CHECK(again->found == verdict->found && strcmp(again->bytes, verdict->bytes) == 0);
    verdict_drop(again);
    /* A domain with a policy may be reported as broken too, for a second section that spells its name in another way. */
    CHECK(strlen(verdict->bytes) == verdict->len && (verdict->found == INDEX_POLICY || is_broken(told, domain)));
    if (verdict->found == INDEX_BROKEN) {
        CHECK(told->mistakes > 0 && strncmp(verdict->bytes, name, strlen(name)) == 0 && strchr(verdict->bytes, '\n') == NULL);
        verdict_drop(verdict);
        return;
    }
    /* That of [*] has {domain} in it. */
    CHECK(verdict->len <= POLICY_BYTES_MAX && (verdict->fills || fuzz_read_policy(verdict->bytes, verdict->len, &policy)));
    check_beside(index, domain, verdict->fills ? strstr(verdict->bytes, "mode: none") != NULL : strcmp(policy.mode, "none") == 0);
    verdict_drop(verdict);
}

static void check_same(struct index *index, struct index *other, const char *domain)
{
    const struct index_verdict *a, *b;

    CHECK(index_find(index, domain, &a) && index_find(other, domain, &b) && (a == NULL) == (b == NULL));
    CHECK(a == NULL || (a->found == b->found && a->len == b->len && memcmp(a->bytes, b->bytes, a->len) == 0));
    verdict_drop(a);
    verdict_drop(b);
}

/* In an index of DOMAIN alone, and in an index that was not audited. */
static void check_alone(const uint8_t *data, size_t size, struct index *index, struct index *fresh, const char *domain)
{
    struct index *only = index_of(data, size, domain);

    check_same(index, only, domain);
    check_same(index, fresh, domain);
    index_free(only);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct told told = { .newlines = size > 0 ? ini_newlines((const char *)data, 0, size) : 0 };
    const struct audit audit = { &told, true, on_problem, on_broken, NULL };
    struct index *index = index_of(data, size, NULL), *fresh = index_of(data, size, NULL);
    char domain[DOMAIN_MAX + 1];
    size_t domains = 0;

    buf_print(&told.broken, "\n");
    CHECK(index_audit(index, &audit));
    for (size_t at = 0; index_next_domain(index, &at, domain); domains++) {
        check_domain(index, &told, domain);
        if (domains < ASKED_MAX)
            check_alone(data, size, index, fresh, domain);
    }
    CHECK(domains <= index_domains(index));
    CHECK(told.mistakes > 0 || told.broken.len == 1);
    /* A domain that is not in the file, and one that may be. */
    check_alone(data, size, index, fresh, "not-there.example");
    check_alone(data, size, index, fresh, "example.org");
    index_free(index);
    index_free(fresh);
    buf_free(&told.broken);
    return 0;
}
