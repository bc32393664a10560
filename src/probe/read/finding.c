#include "probe/read/finding.h"
#include "base/buf.h"

#include <stdlib.h>
#include <string.h>

enum { SHOWN_MAX = 80, HOST_MAX = 253, ROOM_FIRST = 8 };

static size_t count_of(const struct probe_findings *findings, const struct probe_rule *rule)
{
    size_t count = 0;

    for (size_t i = 0; i < findings->count; i++)
        count += findings->list[i].rule == rule;
    return count;
}

static bool make_room(struct probe_findings *findings)
{
    if (findings->count < findings->room)
        return true;
    size_t room = findings->room > 0 ? findings->room * 2 : ROOM_FIRST;
    struct probe_finding *more = realloc(findings->list, room * sizeof *more);
    if (more == NULL) {
        findings->failed = true;
        return false;
    }
    findings->list = more;
    findings->room = room;
    return true;
}

static void add_figure(struct buf *text, const struct probe_rule *rule, unsigned senders)
{
    if (rule->most == 0)
        return;
    buf_print(text, "; %u", rule->least);
    if (rule->most > rule->least)
        buf_print(text, " to %u", rule->most);
    buf_print(text, " of %u sender implementations refuse it", senders);
}

void probe_findings_add(struct probe_findings *findings, const struct probe_rule *rule, unsigned senders,
                        const struct probe_about *about)
{
    struct buf *texts = &findings->texts;

    if (rule->severity > findings->verdict)
        findings->verdict = rule->severity;
    if (count_of(findings, rule) >= PROBE_FINDINGS_OF_RULE) {
        findings->left_out++;
        return;
    }
    if (!make_room(findings))
        return;
    findings->list[findings->count++] = (struct probe_finding) { rule, about->line, texts->len };
    if (about->subject != NULL) {
        buf_add(texts, "\"", 1);
        buf_add_shown(texts, about->subject, about->len, SHOWN_MAX);
        buf_add(texts, "\" ", 2);
    }
    buf_print(texts, "%s (%s", about->says != NULL ? about->says : rule->says, rule->rfc);
    add_figure(texts, rule, senders);
    buf_add(texts, ")", 2);
    if (texts->failed) {
        findings->failed = true;
        findings->count--;
    }
}

const char *probe_finding_text(const struct probe_findings *findings, const struct probe_finding *finding)
{
    return findings->texts.text + finding->text;
}

void probe_findings_add_of(const char *host, const struct probe_findings *from, struct probe_findings *to)
{
    for (size_t i = 0; i < from->count && make_room(to); i++) {
        to->list[to->count] = from->list[i];
        to->list[to->count].text = to->texts.len;
        buf_add_shown(&to->texts, host, strlen(host), HOST_MAX);
        buf_print(&to->texts, ": %s", probe_finding_text(from, &from->list[i]));
        buf_add(&to->texts, "", 1);
        to->count += !to->texts.failed;
    }
    to->left_out += from->left_out;
    to->failed |= from->failed || to->texts.failed;
    if (from->verdict > to->verdict)
        to->verdict = from->verdict;
}

void probe_findings_free(struct probe_findings *findings)
{
    free(findings->list);
    buf_free(&findings->texts);
    *findings = (struct probe_findings) { 0 };
}
