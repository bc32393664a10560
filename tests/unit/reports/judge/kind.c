/* What failed: each result type of RFC 8460 4.3 is known, and what it is said to be explained by is there in the probe. */
#include "reports/judge/kind.h"
#include "base/buf.h"
#include "probe/tell/explain.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void known(void **state)
{
    static const char *const results[] = {
        "starttls-not-supported", "certificate-host-mismatch",
        "certificate-expired",    "certificate-not-trusted",
        "validation-failure",     "tlsa-invalid",
        "dnssec-invalid",         "dane-required",
        "sts-policy-fetch-error", "sts-policy-invalid",
        "sts-webpki-invalid",
    };

    (void)state;
    for (size_t i = 0; i < sizeof results / sizeof results[0]; i++) {
        enum kind_name kind = kind_of(results[i]);
        assert_int_not_equal(kind, KIND_OTHER);
        assert_string_equal(kind_about(kind)->result, results[i]);
    }
    assert_int_equal(kind_of("Certificate-EXPIRED"), KIND_CERT_EXPIRED);
    assert_int_equal(kind_of("certificate-expired "), KIND_OTHER);
    assert_int_equal(kind_of(""), KIND_OTHER);
}

static void explained(void **state)
{
    (void)state;
    for (int i = 0; i < KINDS; i++) {
        const struct kind *kind = kind_about((enum kind_name)i);
        struct buf out = { 0 };
        assert_non_null(kind->says);
        assert_non_null(kind->advice);
        assert_true(kind->explain == NULL || probe_explain(kind->explain, &out));
        buf_free(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(known), cmocka_unit_test(explained) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
