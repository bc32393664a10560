#include "reports/read/report.h"

#include "base/buf.h"
#include "reports/read/date.h"

#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { RANGE_MAX = 31 * 86400, VALUE_BYTES = 320 };

/* --- the JSON --- */

/* More values than this cannot be in LEN bytes: each but the first follows one of these characters. */
static size_t count_values(const char *bytes, size_t len)
{
    size_t count = 1;

    for (size_t i = 0; i < len; i++)
        count += bytes[i] == ',' || bytes[i] == ':' || bytes[i] == '[' || bytes[i] == '{';
    return count;
}

/* Is as much memory there as jansson may need? It ends the process where it gets none for the name of a value. */
static bool has_memory(size_t values, size_t len)
{
    /* A compiler may leave out memory that is only asked for. */
    void *volatile memory = malloc(values * VALUE_BYTES + 2 * len);
    bool good = memory != NULL;

    free(memory);
    return good;
}

static bool is_deep(json_t *json, unsigned levels)
{
    const char *key;
    json_t *value;
    size_t i;

    if (!json_is_object(json) && !json_is_array(json))
        return false;
    if (levels == 0)
        return true;
    json_object_foreach(json, key, value)
    {
        if (is_deep(value, levels - 1))
            return true;
    }
    json_array_foreach(json, i, value)
    {
        if (is_deep(value, levels - 1))
            return true;
    }
    return false;
}

static json_t *load(const char *bytes, size_t len, struct buf *why)
{
    static const char bom[] = "\xef\xbb\xbf";
    json_error_t error;

    if (len >= sizeof bom - 1 && memcmp(bytes, bom, sizeof bom - 1) == 0) {
        bytes += sizeof bom - 1;
        len -= sizeof bom - 1;
    }
    const size_t values = count_values(bytes, len);
    if (values > REPORT_VALUES_MAX) {
        buf_print(why, "has more than %d values", REPORT_VALUES_MAX);
        return NULL;
    }
    if (!has_memory(values, len)) {
        buf_print(why, "cannot be read: out of memory");
        return NULL;
    }
    /* Whole numbers of any size are then read as a double, which is checked below. */
    json_t *json = json_loadb(bytes, len, JSON_DECODE_INT_AS_REAL, &error);
    if (json == NULL) {
        buf_print(why, "is not JSON: line %d: %s", error.line, error.text);
    } else if (is_deep(json, REPORT_DEPTH_MAX)) {
        buf_print(why, "has more than %d levels of JSON", REPORT_DEPTH_MAX);
        json_decref(json);
        json = NULL;
    }
    return json;
}

/* The string KEY of OBJECT; "" if it is not there, or is something else. */
static const char *text(const json_t *object, const char *key)
{
    const char *value = json_string_value(json_object_get(object, key));

    return value != NULL ? value : "";
}

/* Reads the number KEY of OBJECT: 0 if it is not there. Some write it as a string. */
static bool read_sessions(const json_t *object, const char *key, uint64_t *sessions, struct buf *why)
{
    const json_t *value = json_object_get(object, key);
    double number = json_number_value(value);

    if (json_is_string(value)) {
        char *end;
        number = strtod(json_string_value(value), &end);
        if (*end != '\0')
            number = -1;
    }
    *sessions = 0;
    /* A comparison with NaN is false. */
    if (!(number >= 0 && number <= REPORT_SESSIONS_MAX)) {
        buf_print(why, "has %s that is no number from 0 to %d", key, REPORT_SESSIONS_MAX);
        return false;
    }
    *sessions = (uint64_t)number;
    return true;
}

/* --- its parts --- */

/* Who splits a policy at its line ends has an empty line behind the last one. */
static void add_line(struct buf *policy, const char *line)
{
    size_t len = strlen(line);

    while (len > 0 && strchr(" \t\r\n", line[len - 1]) != NULL)
        len--;
    if (len == 0)
        return;
    buf_add(policy, line, len);
    buf_add(policy, "\r\n", 2);
}

/* policy-string is an array of lines, or all of them as one string. */
static void read_policy(json_t *lines, struct buf *policy)
{
    json_t *line;
    size_t i;

    if (json_is_string(lines) && json_string_length(lines) > 0)
        add_line(policy, json_string_value(lines));
    json_array_foreach(lines, i, line)
    {
        if (json_is_string(line))
            add_line(policy, json_string_value(line));
    }
}

static bool read_failure(const json_t *json, struct report_failure *failure, struct buf *why)
{
    failure->result = text(json, "result-type");
    failure->mx = text(json, "receiving-mx-hostname");
    failure->sender = text(json, "sending-mta-ip");
    return read_sessions(json, "failed-session-count", &failure->sessions, why);
}

static bool read_failures(json_t *details, struct report_block *block, struct buf *why)
{
    size_t count = json_array_size(details);

    if (count == 0)
        return true;
    block->failures = calloc(count, sizeof *block->failures);
    if (block->failures == NULL) {
        why->failed = true;
        return false;
    }
    for (size_t i = 0; i < count; i++)
        if (!read_failure(json_array_get(details, i), &block->failures[block->failure_count++], why))
            return false;
    return true;
}

static bool read_type(const char *word, enum report_type *type)
{
    static const char *const words[] = { [REPORT_STS] = "sts", [REPORT_TLSA] = "tlsa", [REPORT_NO_POLICY] = "no-policy-found" };

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(words[i], word) != 0)
            continue;
        *type = (enum report_type)i;
        return true;
    }
    return false;
}

static bool read_block(const json_t *json, struct report_block *block, struct buf *why)
{
    const json_t *policy = json_object_get(json, "policy"), *summary = json_object_get(json, "summary");

    if (!read_type(text(policy, "policy-type"), &block->type)) {
        buf_print(why, "has a policy-type that is not sts, tlsa or no-policy-found");
        return false;
    }
    block->domain = text(policy, "policy-domain");
    if (block->type == REPORT_STS)
        read_policy(json_object_get(policy, "policy-string"), &block->policy);
    why->failed |= block->policy.failed;
    return read_sessions(summary, "total-successful-session-count", &block->successful, why) &&
           read_sessions(summary, "total-failure-session-count", &block->failed, why) &&
           read_failures(json_object_get(json, "failure-details"), block, why);
}

static bool read_blocks(const json_t *policies, struct report *report, struct buf *why)
{
    size_t count = json_array_size(policies);

    if (count > REPORT_BLOCKS_MAX) {
        buf_print(why, "has more than %d policies", REPORT_BLOCKS_MAX);
        return false;
    }
    report->blocks = calloc(count + 1, sizeof *report->blocks);
    if (report->blocks == NULL) {
        why->failed = true;
        return false;
    }
    for (size_t i = 0; i < count; i++)
        if (!read_block(json_array_get(policies, i), &report->blocks[report->block_count++], why))
            return false;
    return true;
}

static bool read_range(const json_t *range, struct report *report, struct buf *why)
{
    if (!report_date_read(text(range, "start-datetime"), &report->begin) ||
        !report_date_read(text(range, "end-datetime"), &report->end)) {
        buf_print(why, "has no date-range with two dates by RFC 3339");
        return false;
    }
    if (report->end >= report->begin && report->end - report->begin <= RANGE_MAX)
        return true;
    buf_print(why, "has a date-range that ends before it begins, or is longer than 31 days");
    return false;
}

bool report_read(const char *bytes, size_t len, struct report *report, struct buf *why)
{
    *report = (struct report) { 0 };
    json_t *json = load(bytes, len, why);
    if (json == NULL)
        return false;
    report->json = json;
    report->submitter = text(json, "organization-name");
    report->id = text(json, "report-id");
    const json_t *policies = json_object_get(json, "policies");
    if (!json_is_array(policies)) {
        buf_print(why, "is no TLS report: it has no policies");
        return false;
    }
    return read_range(json_object_get(json, "date-range"), report, why) && read_blocks(policies, report, why);
}

void report_free(struct report *report)
{
    for (size_t i = 0; i < report->block_count; i++) {
        buf_free(&report->blocks[i].policy);
        free(report->blocks[i].failures);
    }
    free(report->blocks);
    json_decref(report->json);
    *report = (struct report) { 0 };
}

void report_library(struct buf *out)
{
    buf_print(out, "jansson %s", jansson_version_str());
}
