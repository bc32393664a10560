#include "read/finding.h"
#include "base/buf.h"

#include "base/list.h"
#include "read/span.h"

#include <stdlib.h>
#include <string.h>

enum { SUBJECT_MAX = 80, SEEN_MAX = 200, HOST_MAX = 253 };

static size_t count_of(const struct probe_findings *findings, const struct probe_rule *rule)
{
    size_t count = 0;

    for (size_t i = 0; i < findings->count; i++)
        count += findings->list[i].rule == rule;
    return count;
}

static bool make_room(struct probe_findings *findings)
{
    struct probe_finding *list = list_grow(findings->list, findings->count, 1, &findings->room, sizeof *list);

    if (list == NULL)
        findings->failed = true;
    else
        findings->list = list;
    return list != NULL;
}

static void add_figure(struct buf *text, const struct probe_rule *rule)
{
    if (rule->of == 0)
        return;
    buf_print(text, "; %u", rule->least);
    if (rule->most > rule->least)
        buf_print(text, " to %u", rule->most);
    buf_print(text, " of %u sender implementations refuse it", rule->of);
}

static void add_text(struct buf *texts, const struct probe_rule *rule, struct span subject, const char *says)
{
    if (subject.at != NULL) {
        buf_add(texts, "\"", 1);
        buf_add_shown(texts, subject.at, subject.len, SUBJECT_MAX);
        buf_add(texts, "\" ", 2);
    }
    buf_print(texts, "%s (%s", says, rule->rfc);
    add_figure(texts, rule);
    buf_add(texts, ")", 2);
}

static void add(struct probe_findings *findings, const struct probe_rule *rule, unsigned line, struct span subject,
                const char *says)
{
    if (rule->severity > findings->verdict)
        findings->verdict = rule->severity;
    if (count_of(findings, rule) >= PROBE_FINDINGS_OF_RULE) {
        findings->left_out++;
        return;
    }
    if (!make_room(findings))
        return;
    findings->list[findings->count] =
        (struct probe_finding) { .rule = rule, .severity = rule->severity, .line = line, .text = findings->texts.len };
    add_text(&findings->texts, rule, subject, says);
    findings->failed |= findings->texts.failed;
    findings->count += !findings->texts.failed;
}

void probe_findings_add(struct probe_findings *findings, const struct probe_rule *rule, unsigned line, struct span subject)
{
    add(findings, rule, line, subject, rule->says);
}

void probe_findings_add_saying(struct probe_findings *findings, const struct probe_rule *rule, unsigned line, struct span subject,
                               struct buf *says)
{
    if (says->failed)
        findings->failed = true;
    else
        add(findings, rule, line, subject, says->text);
    buf_free(says);
}

void probe_findings_add_seen(struct probe_findings *findings, const struct probe_rule *rule, struct span subject,
                             const char *seen)
{
    struct buf says = { 0 };

    buf_print(&says, "%s", rule->says);
    if (seen != NULL && seen[0] != '\0') {
        buf_print(&says, " [");
        buf_add_shown(&says, seen, strlen(seen), SEEN_MAX);
        buf_print(&says, "]");
    }
    probe_findings_add_saying(findings, rule, 0, subject, &says);
}

const char *probe_finding_text(const struct probe_findings *findings, const struct probe_finding *finding)
{
    return findings->texts.text + finding->text;
}

/* Takes all but the list of FROM over into TO. */
static void take_verdict(const struct probe_findings *from, struct probe_findings *to)
{
    to->left_out += from->left_out;
    to->failed |= from->failed || to->texts.failed;
    if (from->verdict > to->verdict)
        to->verdict = from->verdict;
}

void probe_findings_add_of(const char *host, const struct probe_findings *from, struct probe_findings *to)
{
    for (size_t i = 0; i < from->count && make_room(to); i++) {
        to->list[to->count] = from->list[i];
        to->list[to->count].text = to->texts.len;
        to->list[to->count].addresses = 0;
        buf_add_shown(&to->texts, host, strlen(host), HOST_MAX);
        buf_print(&to->texts, ": %s", probe_finding_text(from, &from->list[i]));
        buf_add(&to->texts, "", 1);
        to->count += !to->texts.failed;
    }
    take_verdict(from, to);
}

/* Adds "at 192.0.2.1, 2001:db8::1: ". */
static void add_places(struct buf *texts, const char *addresses)
{
    buf_print(texts, "at ");
    for (; *addresses != '\0'; addresses++)
        buf_add(texts, *addresses == ' ' ? ", " : addresses, *addresses == ' ' ? 2 : 1);
    buf_print(texts, ": ");
}

void probe_findings_add_at(const char *addresses, const struct probe_findings *from, size_t i, enum probe_severity severity,
                           struct probe_findings *to)
{
    struct probe_finding finding = from->list[i];

    finding.severity = severity;
    if (severity > to->verdict)
        to->verdict = severity;
    if (!make_room(to))
        return;
    finding.text = to->texts.len;
    if (addresses != NULL)
        add_places(&to->texts, addresses);
    buf_print(&to->texts, "%s", probe_finding_text(from, &from->list[i]));
    buf_add(&to->texts, "", 1);
    if (addresses != NULL) {
        finding.addresses = to->texts.len;
        buf_add(&to->texts, addresses, strlen(addresses) + 1);
    }
    to->failed |= to->texts.failed;
    if (!to->texts.failed)
        to->list[to->count++] = finding;
}

void probe_findings_add_all(const struct probe_findings *from, struct probe_findings *to)
{
    for (size_t i = 0; i < from->count && make_room(to); i++) {
        struct probe_finding finding = from->list[i];
        const char *text = probe_finding_text(from, &finding), *addresses = probe_finding_addresses(from, &finding);
        finding.text = to->texts.len;
        buf_add(&to->texts, text, strlen(text) + 1);
        finding.addresses = addresses[0] != '\0' ? to->texts.len : 0;
        buf_add(&to->texts, addresses, addresses[0] != '\0' ? strlen(addresses) + 1 : 0);
        if (!to->texts.failed)
            to->list[to->count++] = finding;
    }
    take_verdict(from, to);
}

const char *probe_finding_addresses(const struct probe_findings *findings, const struct probe_finding *finding)
{
    return finding->addresses > 0 ? findings->texts.text + finding->addresses : "";
}

void probe_findings_free(struct probe_findings *findings)
{
    free(findings->list);
    buf_free(&findings->texts);
    *findings = (struct probe_findings) { 0 };
}
