#include "findings.h"
#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

void assert_kinds(struct probe_findings *findings, const char *kinds)
{
    struct buf out = { 0 };

    buf_add(&out, "", 0);
    for (size_t i = 0; i < findings->count; i++)
        buf_print(&out, "%s%s", i > 0 ? "," : "", findings->list[i].rule->kind);
    assert_string_equal(out.text, kinds);
    buf_free(&out);
    probe_findings_free(findings);
}

void assert_text(struct probe_findings *findings, const char *text)
{
    assert_int_equal(findings->count, 1);
    assert_string_equal(probe_finding_text(findings, &findings->list[0]), text);
    probe_findings_free(findings);
}
