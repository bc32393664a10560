#include "probe/shown.h"

#include "base/buf.h"
#include "ini/write.h"
#include "probe/ask/dns.h"
#include "probe/ask/fetched.h"
#include "probe/ask/hosts.h"
#include "probe/ask/lack.h"
#include "probe/check/context.h"
#include "probe/check/mx_host.h"
#include "probe/judge/addresses.h"
#include "probe/judge/records.h"
#include "read/finding.h"
#include <stddef.h>
#include <stdint.h>

bool probe_shown_judge(const char *name, bool is_implicit, const struct probe_host *host, struct probe_findings *findings,
                       struct probe_mx_host *judged)
{
    *judged = probe_mx_host_judge(name, is_implicit, host, findings);
    if (host != NULL && !is_implicit && !judged->is_gone)
        probe_judge_mx_alias(name, &host->addresses, findings);
    if (probe_lack_memory()) {
        probe_findings_free(findings);
        judged->why = PROBE_LACK_MEMORY;
        judged->is_told = false;
        return false;
    }
    return judged->reach != PROBE_REACH_UNKNOWN && judged->not_asked == 0;
}

const struct probe_host *probe_shown_ask(const struct probe_context *context, struct probe_dns *dns, const char *name,
                                         int64_t limit)
{
    struct probe_fetch_options fetch = context->fetch;
    const struct probe_host *host = NULL;

    fetch.limit = limit;
    (void)probe_hosts_get(context->hosts, dns, &fetch, &name, 1, &host);
    return host;
}

void probe_shown_add(struct buf *out, const char *name, const struct probe_findings *findings, bool known,
                     const struct probe_mx_host *judged)
{
    struct buf line = { 0 };

    if (!known && !judged->is_told) {
        buf_print(&line, "%s could not be looked at: %s.", name, judged->why != NULL ? judged->why : "no answer");
        write_comment(out, line.text != NULL ? line.text : "");
    }
    if (findings->verdict == PROBE_FAIL) {
        buf_free(&line);
        buf_print(&line, "%s would get no mail once the mode is enforce:", name);
        write_comment(out, line.text != NULL ? line.text : "");
    }
    for (size_t i = 0; i < findings->count; i++)
        write_comment(out, probe_finding_text(findings, &findings->list[i]));
    out->failed |= line.failed || findings->failed;
    buf_free(&line);
}
