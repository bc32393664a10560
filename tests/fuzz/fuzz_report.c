/*
 * The JSON of TLS reports, from the text to the verdict. The sums hold together and are bounded; the same report again changes
 * nothing; what is printed is ASCII in one line, and JSON that can be read.
 */
#include "base/buf.h"
#include "fuzz.h"
#include "fuzz_ini.h"
#include "reports/judge/sums.h"
#include "reports/judge/verdict.h"
#include "reports/read/report.h"
#include "reports/tell/json.h"
#include "reports/tell/text.h"

#include <jansson.h>

enum { DAY = 86400, NOW = 1795676400, WINDOW = 30 };

static const char policies[] = "[example.org]\nmx = mail.example.org\n[example.net]\nmode = enforce\nmx = *.example.net\n";

static void check_tally(const struct tally *tally)
{
    uint64_t sessions = 0, failed = 0;

    CHECK(tally->reporter_count <= TALLY_REPORTERS_MAX && tally->failure_count <= TALLY_FAILURES_MAX);
    CHECK(tally->policy_count <= TALLY_POLICIES_MAX && tally->day_count <= WINDOW + 1 && tally->failed <= tally->sessions);
    for (size_t i = 0; i < tally->day_count; i++) {
        CHECK(i == 0 || tally->days[i - 1].day < tally->days[i].day);
        CHECK(tally->days[i].day >= NOW / DAY - WINDOW - 1 && tally->days[i].day <= NOW / DAY);
        sessions += tally->days[i].sessions;
        failed += tally->days[i].failed;
    }
    CHECK(sessions == tally->sessions && failed == tally->failed);
}

static void check_lines(const struct buf *out)
{
    CHECK(!out->failed && out->len > 0 && out->text[out->len - 1] == '\n');
    for (size_t i = 0; i < out->len; i++)
        CHECK(out->text[i] == '\n' || (out->text[i] >= ' ' && out->text[i] <= '~'));
}

static void check_json(const struct buf *out)
{
    json_t *json = json_loadb(out->text, out->len, 0, NULL);

    CHECK(!out->failed && json_is_object(json) && memchr(out->text, '\n', out->len) == out->text + out->len - 1);
    json_decref(json);
}

static void judge(struct index *index, struct sums *sums, const char *domain)
{
    const struct verdict_rules rules = { 1, 1, NOW, false };
    const struct text_options options = { false, true, 11 };
    const struct tally *tally = sums_find(sums, domain);
    struct verdict verdict;
    struct buf text = { 0 }, json = { 0 };

    if (tally != NULL)
        check_tally(tally);
    CHECK(verdict_on_domain(index, domain, tally, &rules, &verdict));
    CHECK(verdict.word != VERDICT_READY || verdict.applied > 0);
    text_domain(sums, domain, &verdict, &rules, &options, &text);
    json_domain(sums, domain, &verdict, &rules, &json);
    check_lines(&text);
    check_json(&json);
    buf_free(&text);
    buf_free(&json);
    verdict_free(&verdict);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_copy(data, size);
    struct report report;
    struct buf why = { 0 };

    bool good = report_read(text, size, &report, &why);
    CHECK(!why.failed && good == (why.len == 0));
    if (good) {
        struct index *index = index_of((const uint8_t *)policies, sizeof policies - 1, NULL);
        struct sums sums;
        sums_init(&sums, index, NOW - (int64_t)WINDOW * DAY, NOW, 1);
        CHECK(sums_add(&sums, &report));
        size_t counted = sums.domain_count, once = counted > 0 ? sums.domains[0].sessions : 0;
        CHECK(sums_add(&sums, &report) && sums.domain_count == counted);
        CHECK(counted == 0 || sums.domains[0].sessions == once);
        judge(index, &sums, "example.org");
        judge(index, &sums, "example.net");
        sums_free(&sums);
        index_free(index);
    }
    report_free(&report);
    buf_free(&why);
    free(text);
    return 0;
}
