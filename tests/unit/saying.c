#include "saying.h"

#include "base/buf.h"
#include "reports/judge/sums.h"
#include "reports/judge/verdict.h"
#include "reports/read/report.h"
#include "reports/tell/phrase.h"
#include "summing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

const char saying_policies[] = "[example.org]\nmx = mail.example.org\nmx = *.backup.example\n"
                               "[enforced.example]\nmode = enforce\nmx = mail.example.org\n"
                               "[none.example]\nmode = none\nmx = mail.example.org\nmax_age = 86400\n"
                               "[broken.example]\nmx = 192.0.2.1\n[*]\nmx = mail.example.org\n";

const char saying_in_force[] =
    "version: STSv1\r\nmode: testing\r\nmx: *.backup.example\r\nmx: mail.example.org\r\nmax_age: 604800\r\n";
const char saying_enforced[] = "version: STSv1\r\nmode: enforce\r\nmx: mail.example.org\r\nmax_age: 604800\r\n";
const char saying_older[] = "version: STSv1\r\nmode: testing\r\nmx: old.example.org\r\nmax_age: 604800\r\n";

void saying_add(struct summing *lab, const struct said *said)
{
    struct report_failure failure = { said->result, said->mx != NULL ? said->mx : "", said->sender != NULL ? said->sender : "",
                                      said->failed };
    struct report_block block = { .type = said->type,
                                  .domain = said->domain,
                                  .successful = said->successful,
                                  .failed = said->failed,
                                  .failures = &failure,
                                  .failure_count = said->result != NULL };
    int64_t day = (int64_t)(SUMMING_TODAY - said->ago) * SUMMING_DAY;
    const struct report report = { .submitter = said->org,
                                   .id = said->id != NULL ? said->id : "1",
                                   .is_unsigned = said->is_unsigned,
                                   .begin = day,
                                   .end = day + SUMMING_DAY - 1 + said->longer,
                                   .blocks = &block,
                                   .block_count = 1 };

    if (said->policy != NULL)
        buf_add(&block.policy, said->policy, strlen(said->policy));
    assert_true(sums_add(&lab->sums, &report));
    buf_free(&block.policy);
}

void saying_good(struct summing *lab, const char *domain, const char *policy, int days, size_t count)
{
    static const char *const orgs[] = { "Google", "Microsoft", "Yahoo", "Mail.ru", "Comcast", "Infomaniak" };

    for (int day = 1; day <= days; day++)
        for (size_t i = 0; i < count; i++)
            saying_add(lab, &(struct said) { .domain = domain, .org = orgs[i], .policy = policy, .ago = day, .successful = 10 });
}

void saying_verdict(struct summing *lab, const char *domain, const char *expected, int status)
{
    const struct verdict_rules rules = { 14, 2, SUMMING_NOW, false };
    struct verdict verdict;
    struct buf text = { 0 };

    assert_true(verdict_on_domain(lab->index, domain, sums_find(&lab->sums, domain), &rules, &verdict));
    buf_print(&text, "%s: ", phrase_word(verdict.word));
    phrase_verdict(&lab->sums, domain, &verdict, &rules, &text);
    assert_string_equal(text.text, expected);
    assert_int_equal(verdict_status(verdict.word), status);
    verdict_free(&verdict);
    buf_free(&text);
}
