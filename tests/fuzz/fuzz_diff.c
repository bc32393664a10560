/*
 * Two files, with a NUL between them: what diff says of the edit from the one to the other. A file differs from itself in nothing
 * that is known. Backwards, the same domains differ, and what was added is removed. Whoever loses mail had a policy in mode
 * enforce, before or after. The text is clean lines, and the JSON is whole.
 */
#include "base/buf.h"
#include "change/compare.h"
#include "change/json.h"
#include "change/judge.h"
#include "change/text.h"
#include "fuzz_ini.h"

enum { NOW = 1000000 };

struct seen {
    struct index *before, *after;
    size_t of_kind[COMPARE_KINDS], unsafe;
    struct buf text, json;
};

static bool enforces(const struct index_values *values)
{
    return values->state == INDEX_KNOWN && values->policy.mode == POLICY_ENFORCE;
}

static void check_findings(const struct compare_change *change)
{
    for (size_t i = 0; i < change->findings.count; i++) {
        const struct judge_finding *finding = &change->findings.list[i];
        CHECK(finding->safe == JUDGE_UNTIMED || (finding->safe >= NOW && finding->safe <= NOW + (int64_t)POLICY_MAX_AGE_MAX));
        CHECK(!judge_meaning(finding->rule)->unsafe || enforces(change->before) || enforces(change->after));
        CHECK(i == 0 || change->findings.list[i - 1].rule < finding->rule);
    }
}

static void visit(void *to, const struct compare_change *change)
{
    struct seen *seen = to;
    bool is_known = change->before->state != INDEX_UNKNOWN && change->after->state != INDEX_UNKNOWN;

    CHECK(index_names(seen->before, change->domain) || index_names(seen->after, change->domain));
    CHECK((change->kind == COMPARE_UNKNOWN) == !is_known);
    CHECK(change->kind != COMPARE_ADDED || change->before->state == INDEX_ABSENT);
    CHECK(change->kind != COMPARE_REMOVED || change->after->state == INDEX_ABSENT);
    check_findings(change);
    json_change(change, seen->of_kind[0] + seen->of_kind[1] + seen->of_kind[2] + seen->of_kind[3] == 0, &seen->json);
    text_change(change, false, &seen->text);
    seen->of_kind[change->kind]++;
    seen->unsafe += judge_is_unsafe(&change->findings);
}

/* Printable ASCII but for line ends; its brackets are closed in order, and none of them is in a string. */
static void check_json(const struct buf *json)
{
    char open[16];
    size_t depth = 0;
    bool in_string = false;

    for (size_t i = 0; i < json->len; i++) {
        const char c = json->text[i];
        CHECK(c == '\n' || (c >= ' ' && c <= '~'));
        if (in_string && c == '\\')
            i++;
        else if (c == '"')
            in_string = !in_string;
        else if (!in_string && (c == '{' || c == '[')) {
            CHECK(depth < sizeof open);
            open[depth++] = c == '{' ? '}' : ']';
        } else if (!in_string && (c == '}' || c == ']'))
            CHECK(depth > 0 && open[--depth] == c);
    }
    CHECK(depth == 0 && !in_string && !json->failed);
}

static void check_text(const struct buf *text)
{
    for (size_t i = 0; i < text->len; i++)
        CHECK(text->text[i] == '\n' || (text->text[i] >= ' ' && text->text[i] <= '~'));
    CHECK(!text->failed);
}

static struct seen compare(struct index *before, struct index *after)
{
    struct seen seen = { .before = before, .after = after };
    const struct compare edit = { before, after, NOW, visit, &seen };
    struct compare_totals totals;

    json_begin("old", "new", NOW, &seen.json);
    CHECK(compare_files(&edit, &totals));
    json_end(&totals, &seen.json);
    CHECK(memcmp(totals.of_kind, seen.of_kind, sizeof totals.of_kind) == 0 && totals.unsafe == seen.unsafe);
    check_json(&seen.json);
    check_text(&seen.text);
    buf_free(&seen.json);
    buf_free(&seen.text);
    return seen;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *nul = size > 0 ? memchr(data, '\0', size) : NULL;
    size_t len = nul != NULL ? (size_t)(nul - data) : size, rest = nul != NULL ? size - len - 1 : 0;
    struct index *before = index_of(data, len, NULL), *after = index_of(nul != NULL ? nul + 1 : data, rest, NULL);

    const struct seen forth = compare(before, after), back = compare(after, before), none = compare(before, before);
    CHECK(forth.of_kind[COMPARE_ADDED] == back.of_kind[COMPARE_REMOVED]);
    CHECK(forth.of_kind[COMPARE_REMOVED] == back.of_kind[COMPARE_ADDED]);
    CHECK(forth.of_kind[COMPARE_CHANGED] == back.of_kind[COMPARE_CHANGED]);
    CHECK(forth.of_kind[COMPARE_UNKNOWN] == back.of_kind[COMPARE_UNKNOWN]);
    CHECK(none.of_kind[COMPARE_ADDED] + none.of_kind[COMPARE_REMOVED] + none.of_kind[COMPARE_CHANGED] + none.unsafe == 0);
    index_free(before);
    index_free(after);
    return 0;
}
