/*
 * The probe's reader of TXT records. The input is strings, each ended by a NUL. A string that begins with a tab belongs to the
 * record before it. An id that the probe finds is valid (RFC 8461 3.1), and then exactly one record begins as it should.
 */
#include "fuzz.h"
#include "probe/read/txt.h"
#include "probe/tell/json.h"

enum { STRINGS_MAX = 16 };

static bool is_alphanumeric(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static void judge(struct probe_txt *txt, bool sts)
{
    struct probe_result result = { .domain = "a.example" };
    struct buf out = { 0 };

    CHECK(!txt->findings.failed && !txt->value.failed);
    CHECK(txt->findings.verdict == PROBE_OK || txt->findings.count > 0);
    if (sts && txt->value.len > 0) {
        CHECK(txt->value.len <= 32);
        for (size_t i = 0; i < txt->value.len; i++)
            CHECK(is_alphanumeric(txt->value.text[i]));
    }
    result.checks[PROBE_CHECK_TXT].state = PROBE_DONE;
    result.checks[PROBE_CHECK_TXT].findings = txt->findings;
    txt->findings = (struct probe_findings) { 0 };
    probe_json(&result, &out);
    for (size_t i = 0; i + 1 < out.len; i++)
        CHECK(out.text[i] >= ' ' && out.text[i] <= '~');
    buf_free(&out);
    probe_result_free(&result);
    probe_txt_free(txt);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct probe_txt_string strings[STRINGS_MAX] = { 0 };
    char *texts[STRINGS_MAX];
    struct probe_txt txt;
    size_t count = 0;

    for (; size > 0 && count < STRINGS_MAX; count++) {
        texts[count] = fuzz_text(&data, &size);
        bool goes_on = count > 0 && texts[count][0] == '\t';
        strings[count] = (struct probe_txt_string) { texts[count] + goes_on, strlen(texts[count] + goes_on), !goes_on };
    }
    probe_txt_read(strings, count, PROBE_FIRST_NOTHING, &txt);
    judge(&txt, true);
    probe_tlsrpt_read(strings, count, &txt);
    judge(&txt, false);
    for (size_t i = 0; i < count; i++)
        free(texts[i]);
    return 0;
}
