/* How far a removal has come, and what comes next. */
#include "probe/judge/removal.h"
#include "findings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct removal_case {
    struct probe_removal_facts facts; /* wanted, published, another one served, no record, no policy host, max_age */
    enum probe_removal stage;
    const char *kinds, *says;
} cases[] = {
    { { false, false, false, true, true, 0 }, PROBE_REMOVAL_NONE, "", "" },
    { { false, true, false, false, false, 86400 }, PROBE_REMOVAL_NONE, "", "" },
    { { true, false, false, false, false, 86400 }, PROBE_REMOVAL_NONE, "", "" },
    { { true, false, false, false, true, 0 }, PROBE_REMOVAL_HOST_GONE, "ini-removal-host", "remove the record, too" },
    { { true, true, false, false, false, 86400 },
      PROBE_REMOVAL_BEGUN,
      "ini-removal",
      "keep both for 1 day at least (max_age), and until every" },
    { { true, true, false, false, false, 172800 }, PROBE_REMOVAL_BEGUN, "ini-removal", "for 2 days at least" },
    { { true, true, false, false, false, 5000 }, PROBE_REMOVAL_BEGUN, "ini-removal", "for 5000 seconds at least" },
    { { true, false, false, true, false, 86400 },
      PROBE_REMOVAL_RECORD_GONE,
      "ini-removal-record",
      "next remove the policy host" },
    { { true, false, false, true, true, 0 }, PROBE_REMOVAL_DONE, "ini-removed", "this section can be deleted now" },
    /* Another policy is still served: that is to go first. */
    { { true, false, true, true, false, 86400 }, PROBE_REMOVAL_NONE, "", "" },
};

static void each_stage(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct probe_findings findings = { 0 };
        assert_int_equal(probe_removal_stage(&cases[i].facts), cases[i].stage);
        probe_judge_removal("d.example", &cases[i].facts, &findings);
        assert_int_equal(findings.verdict, PROBE_OK);
        if (findings.count > 0)
            assert_non_null(strstr(probe_finding_text(&findings, &findings.list[0]), cases[i].says));
        assert_kinds(&findings, cases[i].kinds);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(each_stage) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
