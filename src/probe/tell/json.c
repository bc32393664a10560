#include "probe/tell/json.h"

#include "base/buf.h"
#include "ini/write.h"
#include "policy/model.h"
#include "probe/judge/result.h"
#include "read/finding.h"

#include <string.h>

static const char *const statuses[PROBE_STATUSES] = {
    [PROBE_STATUS_OK] = "ok",
    [PROBE_STATUS_WARNING] = "warning",
    [PROBE_STATUS_CRITICAL] = "critical",
    [PROBE_STATUS_UNKNOWN] = "unknown",
};

static const char *const severities[] = { [PROBE_OK] = "remark", [PROBE_WARN] = "warning", [PROBE_FAIL] = "critical" };

static void add_string(struct buf *out, const char *text, size_t len)
{
    struct buf ascii = { 0 };

    write_ascii(&ascii, text, len);
    buf_add_json(out, ascii.text, ascii.len);
    out->failed |= ascii.failed;
    buf_free(&ascii);
}

/* Adds a comma and the member NAME: a string, or null where TEXT is empty. */
static void add_text(struct buf *out, const char *name, const struct buf *text)
{
    buf_print(out, ",\"%s\":", name);
    if (text->len > 0)
        add_string(out, text->text, text->len);
    else
        buf_print(out, "null");
}

/* Adds a comma and the member addresses: an array of those in ADDRESSES, which are apart by spaces. */
static void add_addresses(struct buf *out, const char *addresses)
{
    buf_print(out, ",\"addresses\":[");
    while (*addresses != '\0') {
        size_t len = strcspn(addresses, " ");
        add_string(out, addresses, len);
        addresses += len + (addresses[len] != '\0');
        if (*addresses != '\0')
            buf_add(out, ",", 1);
    }
    buf_add(out, "]", 1);
}

/* The same for a verdict with its reason: an object, or null. The name of the verdict is that of mta-sts-reports --json. */
static void add_reports(struct buf *out, const struct buf *text)
{
    size_t len = text->len > 0 ? strcspn(text->text, ":") : 0;

    buf_print(out, ",\"reports\":%s", text->len > 0 ? "{\"verdict\":\"" : "null");
    if (text->len == 0)
        return;
    for (size_t i = 0; i < len; i++)
        buf_add(out, text->text[i] == ' ' ? "-" : text->text + i, 1);
    buf_print(out, "\",\"text\":");
    len += strspn(text->text + len, ": ");
    add_string(out, text->text + len, text->len - len);
    buf_add(out, "}", 1);
}

static void add_finding(struct buf *out, const struct probe_findings *findings, size_t i)
{
    const struct probe_finding *finding = &findings->list[i];
    const char *text = probe_finding_text(findings, finding);

    buf_print(out, "%s{\"kind\":\"%s\",\"severity\":\"%s\",\"rfc\":\"%s\",\"line\":", i > 0 ? "," : "", finding->rule->kind,
              severities[finding->severity], finding->rule->rfc);
    if (finding->line > 0)
        buf_print(out, "%u", finding->line);
    else
        buf_print(out, "null");
    buf_print(out, ",\"text\":");
    add_string(out, text, strlen(text));
    add_addresses(out, probe_finding_addresses(findings, finding));
    buf_add(out, "}", 1);
}

static void add_check(struct buf *out, const struct probe_check *check, const char *name)
{
    int status = probe_check_status(check);

    buf_print(out, "\"%s\":{\"status\":\"%s\"", name,
              check->state == PROBE_SKIPPED && status == 0 ? "skipped" : statuses[status]);
    add_text(out, "summary", &check->summary);
    buf_print(out, ",\"findings\":[");
    for (size_t i = 0; i < check->findings.count; i++)
        add_finding(out, &check->findings, i);
    buf_print(out, "],\"left_out\":%zu}", check->findings.left_out);
}

void probe_json(const struct probe_result *result, struct buf *out)
{
    int status = probe_status(result);

    buf_print(out, "{\"domain\":\"%s\",\"status\":\"%s\",\"exit\":%d,\"mode\":", result->domain, statuses[status], status);
    if (result->has_mode)
        buf_print(out, "\"%s\"", policy_mode_text(result->mode));
    else
        buf_print(out, "null");
    buf_print(out, result->at != NULL ? ",\"at\":\"%s\"" : ",\"at\":null", result->at);
    buf_print(out, ",\"ms\":%u", result->ms);
    add_text(out, "effect", &result->effect);
    add_text(out, "publish", &result->publish);
    add_reports(out, &result->reports);
    buf_print(out, ",\"checks\":{");
    for (size_t i = 0; i < PROBE_CHECKS; i++) {
        buf_print(out, "%s", i > 0 ? "," : "");
        add_check(out, &result->checks[i], probe_check_text((enum probe_check_name)i));
    }
    buf_print(out, "}}\n");
}
