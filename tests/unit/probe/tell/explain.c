/* --explain: each rule as a phrase with a subject, as its findings have it, and the steps that a reader needs. */
#include "probe/tell/explain.h"

#include "base/buf.h"
#include "probe/judge/records.h"
#include "probe/judge/removal.h"
#include "probe/judge/servers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* Explains KIND on one line, without the kind. The caller frees OUT. */
static const char *explain(const char *kind, struct buf *out)
{
    struct buf text = { 0 };

    if (!probe_explain(kind, &text) || text.text == NULL)
        fail_msg("%s: not explained", kind);
    for (const char *word = strtok(text.text, " \n"); word != NULL; word = strtok(NULL, " \n"))
        buf_print(out, "%s%s", out->len > 0 ? " " : "", word);
    buf_free(&text);
    assert_int_equal(strncmp(out->text, kind, strlen(kind)), 0);
    return out->text + strlen(kind);
}

static void several(void **state)
{
    static const struct {
        const char *kind, *text;
    } kinds[] = {
        { "txt-repeated", " (warn): \"...\" is a second id; keep one (RFC 8461 3.1)" },
        { "txt-absent",
          " (FAIL): there is no TXT record; publish \"v=STSv1; id=...;\" (\"mta-sts dns\" prints it) (RFC 8461 3.1)" },
        { "mx-dot", " (FAIL): \"...\" ends in a dot; write it without (RFC 8461 3.2, RFC 5321 4.1.2)" },
        { "mx-address", " (FAIL): \"...\" is an IP address; write a host name (RFC 8461 3.2, RFC 5321 4.1.2)" },
        { "cert-chain",
          " (FAIL): the certificate does not verify; have the server send fullchain.pem, or get a new certificate (RFC 8461 3.3, "
          "4.2)" },
        { "smtp-later",
          " (warn; the check is ?): \"...\" asks to try again later (greylisting, or too many connections); run the probe again "
          "in a few minutes, or exempt this machine there (RFC 5321 4.2.1)" },
        { "https-no-route",
          " (remark): \"...\" was not asked there: this machine has no route to it; run the probe on one that has (RFC 8461 "
          "3.3)" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct buf out = { 0 };
        assert_string_equal(explain(kinds[i].kind, &out), kinds[i].text);
        buf_free(&out);
    }
}

static bool begins_with(const char *text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strncmp(text, words[i], strlen(words[i])) == 0)
            return true;
    return false;
}

/* A new rule needs a subject, too: a phrase of its own, or "..." before its verb. */
static void check_subject(const struct probe_rule *rule)
{
    static const char *const subjects[] = { "the ", "there ", "another ", "a ", "senders " };
    static const char *const verbs[] = { "is ",      "has ",   "does ",   "did ",      "was ",           "gave ",
                                         "accepts ", "asks ",  "shows ",  "offers ",   "fails ",         "ends ",
                                         "repeats ", "means ", "stands ", "contains ", "or its pattern " };
    static const char before[] = "\"...\" ";
    struct buf out = { 0 };
    const char *text = strstr(explain(rule->kind, &out), "): ") + 3;
    bool shown = strncmp(text, before, sizeof before - 1) == 0;

    if (shown ? !begins_with(text + sizeof before - 1, verbs, sizeof verbs / sizeof verbs[0])
              : !begins_with(text, subjects, sizeof subjects / sizeof subjects[0]))
        fail_msg("%s: neither a subject nor a known verb: %s", rule->kind, text);
    buf_free(&out);
}

/* What is no remark says what to do: behind a semicolon, or else behind a colon. */
static void check_advice(const struct probe_rule *rule)
{
    struct buf out = { 0 };

    if (rule->severity != PROBE_OK && strchr(explain(rule->kind, &out), ';') == NULL)
        fail_msg("%s: no advice: %s", rule->kind, out.text);
    buf_free(&out);
}

static void check_rules(const struct probe_rules *rules)
{
    for (size_t i = 0; rules != NULL && i < rules->count; i++) {
        check_subject(&rules->list[i]);
        check_advice(&rules->list[i]);
    }
}

static void all(void **state)
{
    (void)state;
    check_rules(&probe_judge_rules);
    check_rules(&probe_record_rules);
    check_rules(&probe_removal_rules);
    for (size_t i = 0; i < PROBE_CHECKS; i++)
        check_rules(probe_explain_check((enum probe_check_name)i)->rules);
}

/* Three rules leave a check unknown, and they are those that probe_judge_smtp() is not certain of. */
static void open_rules(void **state)
{
    size_t count = 0;

    (void)state;
    for (size_t i = 0; i < probe_judge_rules.count; i++)
        count += probe_judge_is_open(&probe_judge_rules.list[i]);
    assert_int_equal(count, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(several), cmocka_unit_test(all), cmocka_unit_test(open_rules) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
