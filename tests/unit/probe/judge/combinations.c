/*
 * What happens to mail, for all combinations: of how many senders take the record, the policy and an MX host, as they were
 * counted in the fixtures; of the modes; of what the other MX host is like; and of what policies.ini says. No text contradicts
 * the figures or itself.
 */
#include "cases.h"
#include "probe/judge/effect.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { OF_MAX = 17, FILES = 3 };

/* Which numbers of senders took a row of each file. */
static struct counted {
    const char *file;
    unsigned of;
    bool taken[OF_MAX + 1];
} counted[FILES] = { { "txt_senders.tsv", PROBE_SENDERS_TXT, { false } },
                     { "policy_senders.tsv", PROBE_SENDERS_POLICY, { false } },
                     { "match_senders.tsv", PROBE_SENDERS_MATCH, { false } } };
static struct counted *current;

static void note_row(void **state)
{
    const struct case_line *line = *state;
    unsigned long accepted = strtoul(line->field[0], NULL, 10), refused = strtoul(line->field[1], NULL, 10);

    assert_int_equal(accepted + refused, current->of);
    current->taken[accepted] = true;
}

struct combination {
    unsigned record, policy, match; /* how many take each */
    enum policy_mode mode;
    enum probe_compared compared;
    struct probe_effect_host other;
};

static bool says(const struct buf *out, const char *text)
{
    return out->text != NULL && strstr(out->text, text) != NULL;
}

static void fail_with(const struct combination *c, const struct buf *out, const char *why)
{
    fail_msg("%s: record %u, policy %u, match %u, mode %d, compared %d, other %s: %s", why, c->record, c->policy, c->match,
             c->mode, c->compared, c->other.name, out->text != NULL ? out->text : "");
}

/* Does OUT say "N of OF"? */
static bool says_share(const struct buf *out, unsigned n, unsigned of)
{
    char share[32];

    (void)snprintf(share, sizeof share, "%u of %u ", n, of);
    return says(out, share);
}

static void check_shares(const struct combination *c, const struct buf *out)
{
    bool record = c->record < PROBE_SENDERS_TXT, policy = c->policy < PROBE_SENDERS_POLICY;
    bool match = c->match > 0 && c->match < PROBE_SENDERS_MATCH, held = c->mode == POLICY_ENFORCE && c->match == 0;

    if (record && held && !says_share(out, c->record, PROBE_SENDERS_TXT))
        fail_with(c, out, "no share of those that take the record");
    if (policy && held && !says_share(out, c->policy, PROBE_SENDERS_POLICY))
        fail_with(c, out, "no share of those that take the policy");
    if (record && !says_share(out, PROBE_SENDERS_TXT - c->record, PROBE_SENDERS_TXT))
        fail_with(c, out, "no share of those that refuse the record");
    if (match && c->mode == POLICY_ENFORCE && !says_share(out, PROBE_SENDERS_MATCH - c->match, PROBE_SENDERS_MATCH))
        fail_with(c, out, "no share of those that find no match");
}

static void check(const struct combination *c, const struct buf *out)
{
    bool none = c->record == 0 || c->policy == 0, faulty = c->match < PROBE_SENDERS_MATCH;

    if (says(out, "othing is"))
        fail_with(c, out, "nothing is lost, or deferred");
    if (says(out, "find none") != none)
        fail_with(c, out, "who finds a policy");
    if (says(out, "deferring mail for mx1.example.org") != (c->mode == POLICY_ENFORCE && c->match == 0))
        fail_with(c, out, "who is deferring mail");
    if (says(out, "find no match") != (c->mode == POLICY_ENFORCE && faulty && c->match > 0))
        fail_with(c, out, "who finds no match");
    if (says(out, "No sender at all") != c->other.gone || says(out, "honour DANE") != c->other.dane)
        fail_with(c, out, "the other host");
    if (says(out, "Unless the DNS gives senders elsewhere") != c->other.hidden ||
        (c->other.hidden && !says(out, "mail for hidden now")))
        fail_with(c, out, "the other host is not public");
    if (says(out, "mode testing") != (!none && faulty && c->mode == POLICY_TESTING))
        fail_with(c, out, "mode testing");
    if (none && (says(out, "those without have") || says(out, "Senders keep to the policy that is served")))
        fail_with(c, out, "a policy that nobody takes is kept");
    if (!none)
        check_shares(c, out);
}

/* The text for C; GONE: the first host has no address, either. */
static void tell(const struct combination *c, bool gone, struct buf *out)
{
    const struct probe_effect_host hosts[] = {
        { "mx1.example.org", { true, c->match, c->match, PROBE_SENDERS_MATCH }, gone, false, false, false }, c->other
    };
    const struct probe_effect_facts facts = { .domain = "example.org",
                                              .published = true,
                                              .record = { true, c->record, c->record, PROBE_SENDERS_TXT },
                                              .policy = { true, c->policy, c->policy, PROBE_SENDERS_POLICY },
                                              .has_mode = true,
                                              .mode = c->mode,
                                              .hosts = hosts,
                                              .host_count = 2,
                                              .compared = c->compared };

    probe_effect(&facts, out);
}

static void check_one(const struct combination *c)
{
    struct buf out = { 0 };

    tell(c, false, &out);
    check(c, &out);
    buf_free(&out);
    tell(c, true, &out);
    if (c->other.gone && (!says(&out, "No sender at all") || says(&out, "deliver without") || says(&out, "find none")))
        fail_with(c, &out, "no host has an address");
    buf_free(&out);
}

static void check_modes(struct combination c)
{
    static const struct probe_effect_host others[] = {
        { "good", { true, PROBE_SENDERS_MATCH, PROBE_SENDERS_MATCH, PROBE_SENDERS_MATCH }, false, false, false, false },
        { "dane", { true, PROBE_SENDERS_MATCH, PROBE_SENDERS_MATCH, PROBE_SENDERS_MATCH }, false, true, false, false },
        { "gone", { true, 0, 0, PROBE_SENDERS_MATCH }, true, false, false, false },
        { "hidden", { true, PROBE_SENDERS_MATCH, PROBE_SENDERS_MATCH, PROBE_SENDERS_MATCH }, false, false, false, true },
    };

    for (int mode = POLICY_TESTING; mode <= POLICY_NONE; mode++)
        for (int compared = PROBE_SAME; compared <= PROBE_NOT_COMPARED; compared++)
            for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
                c.mode = (enum policy_mode)mode;
                c.compared = (enum probe_compared)compared;
                c.other = others[i];
                check_one(&c);
            }
}

static void all_combinations(void **state)
{
    struct combination c = { 0 };
    size_t rows = 0;

    (void)state;
    for (c.record = 0; c.record <= PROBE_SENDERS_TXT; c.record++)
        for (c.policy = 0; c.policy <= PROBE_SENDERS_POLICY; c.policy++)
            for (c.match = 0; c.match <= PROBE_SENDERS_MATCH; c.match++)
                if (counted[0].taken[c.record] && counted[1].taken[c.policy] && counted[2].taken[c.match]) {
                    check_modes(c);
                    rows++;
                }
    print_message("# %zu combinations of figures\n", rows);
    assert_true(rows > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(all_combinations) };
    int failed = 0;

    for (size_t i = 0; i < FILES; i++) {
        current = &counted[i];
        failed += cases_run(current->file, note_row);
    }
    return failed + cmocka_run_group_tests_name("combinations", tests, NULL, NULL);
}
