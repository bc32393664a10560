/* Each rule, by a table: tests/fixtures/judge.tsv. */
#include "change/judge.h"
#include "base/buf.h"
#include "cases.h"
#include "policy/model.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { NOW = 1000000000 };

struct side {
    char mode[16], mx[64], host[64];
    struct policy policy;
};

/* Replaces the commas of LIST by TO, and returns the number of words. */
static size_t cut(char *list, char to)
{
    size_t count = strcmp(list, "-") != 0;

    for (char *comma; (comma = strchr(list, ',')) != NULL; list = comma + 1) {
        *comma = to;
        count++;
    }
    return count;
}

static int scan(const char *text, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    int count = vsscanf(text, format, arguments);
    va_end(arguments);
    return count;
}

static struct judge_side side_of(const char *text, struct side *side)
{
    unsigned max_age;

    if (strcmp(text, "-") == 0)
        return (struct judge_side) { NULL, NULL };
    /* not sscanf(): the linker puts that of iniparser in its place */
    assert_int_equal(scan(text, "%15s %u %63s %63s", side->mode, &max_age, side->mx, side->host), 4);
    assert_true(policy_mode_read(side->mode, &side->policy.mode));
    side->policy.max_age = max_age;
    side->policy.mx = side->mx;
    side->policy.mx_count = cut(side->mx, '\0');
    (void)cut(side->host, ' ');
    return (struct judge_side) { &side->policy, strcmp(side->host, "-") != 0 ? side->host : NULL };
}

static void print(const struct judge_finding *finding, struct buf *out)
{
    const struct judge_meaning *meaning = judge_meaning(finding->rule);
    const char *mx = finding->mx.text;

    buf_print(out, "%s%s%s ", out->len > 0 ? "; " : "", meaning->name, meaning->unsafe ? "!" : "");
    if (finding->safe == JUDGE_UNTIMED)
        buf_print(out, "?");
    else
        buf_print(out, "%" PRId64, finding->safe - NOW);
    for (size_t i = 0; i < finding->mx_count; i++, mx += strlen(mx) + 1)
        buf_print(out, "%s%s", i > 0 ? "," : " ", mx);
}

static void judged(void **state)
{
    const struct case_line *line = *state;
    struct side old, new;
    const struct judge_side before = side_of(line->field[0], &old), after = side_of(line->field[1], &new);
    struct judge_findings findings = { 0 };
    struct buf out = { 0 };

    judge_edit(&before, &after, NOW, &findings);
    for (size_t i = 0; i < findings.count; i++) {
        assert_true(i == 0 || findings.list[i - 1].rule < findings.list[i].rule);
        print(&findings.list[i], &out);
    }
    assert_string_equal(out.text != NULL ? out.text : "", line->field[2]);
    assert_int_equal(judge_is_unsafe(&findings), strchr(line->field[2], '!') != NULL);
    judge_free(&findings);
    buf_free(&out);
}

int main(void)
{
    return cases_run("judge.tsv", judged);
}
