#include "probe/domain.h"

#include "base/buf.h"
#include "base/clock.h"
#include "policy/domain.h"
#include "policy/model.h"
#include "probe/ask/answer.h"
#include "probe/ask/dns.h"
#include "probe/ask/fetch.h"
#include "probe/ask/hosts.h"
#include "probe/mail.h"
#include "probe/read/compare.h"
#include "probe/read/effect.h"
#include "probe/read/finding.h"
#include "probe/read/policy.h"
#include "probe/read/result.h"
#include "probe/read/txt.h"
#include "probe/sight.h"
#include "probe/web.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* Why a check has nothing to look at; NULL: it has. */
typedef const char *skip_fn(const struct sight *s);

static const char *skip_https(const struct sight *s)
{
    return s->has_address ? NULL : "without the policy host's address";
}

static const char *skip_answer(const struct sight *s)
{
    return s->has_https ? NULL : "without HTTPS";
}

static const char *skip_policy(const struct sight *s)
{
    return s->has_body ? NULL : "since no policy came";
}

static const char *skip_smtp(const struct sight *s)
{
    if (s->host_count > 0)
        return NULL;
    return s->is_null_mx ? "since the domain takes no mail" : s->has_mx ? "since no MX is a host" : "without the MX records";
}

static const char *skip_ini(const struct sight *s)
{
    return s->wanted != NULL && (s->wanted->policy != NULL || s->wanted->mistake != NULL) ? NULL : "without -f";
}

static const struct {
    skip_fn *skip; /* NULL: never */
    sight_check *run;
} checks[PROBE_CHECKS] = {
    [PROBE_TXT] = { NULL, probe_check_txt },
    [PROBE_HOST] = { NULL, probe_check_host },
    [PROBE_HTTPS] = { skip_https, probe_check_https },
    [PROBE_ANSWER] = { skip_answer, probe_check_answer },
    [PROBE_POLICY] = { skip_policy, probe_check_policy },
    [PROBE_MX] = { NULL, probe_check_mx },
    [PROBE_SMTP] = { skip_smtp, probe_check_smtp },
    [PROBE_TLSRPT] = { NULL, probe_check_tlsrpt },
    [PROBE_INI] = { skip_ini, probe_check_ini },
    [PROBE_DANE] = { skip_smtp, probe_check_dane },
};

static void run_check(struct sight *s, enum probe_check_name name)
{
    struct probe_check *check = &s->probe->checks[name];
    const char *skip = checks[name].skip != NULL ? checks[name].skip(s) : NULL;

    if (s->options->stop != NULL && *s->options->stop) {
        sight_not_told(check, "stopped before it was looked at");
        return;
    }
    if (skip != NULL) {
        buf_print(&check->summary, "not looked at %s", skip);
        return;
    }
    check->state = PROBE_DONE;
    checks[name].run(s, check);
    if (check->findings.failed || check->summary.failed)
        sight_not_told(check, "out of memory");
}

/* In mode none nothing is asked of the MX hosts: what is wrong with them is told, and is no fault. */
static void forgive_smtp(struct sight *s)
{
    struct probe_check *check = &s->probe->checks[PROBE_SMTP];

    if (!sight_is_none(s) || check->state == PROBE_SKIPPED)
        return;
    probe_findings_free(&check->findings);
    check->state = PROBE_SKIPPED;
    buf_print(&check->summary, "; mode none asks nothing of them");
}

/* The mode that senders may have in their caches: of what is served, or else of what the file says. */
static bool find_mode(const struct sight *s, enum policy_mode *mode)
{
    struct probe_policy own;
    bool found = s->probe->has_mode;

    *mode = s->probe->mode;
    if (found || s->wanted == NULL || s->wanted->policy == NULL)
        return found;
    probe_policy_read(s->wanted->policy, s->wanted->len, &own);
    found = own.has_mode;
    *mode = own.mode;
    probe_policy_free(&own);
    return found;
}

static void tell_effect(const struct sight *s)
{
    const struct probe_check *all = s->probe->checks;
    struct probe_effect_host hosts[SIGHT_HOSTS_MAX];
    struct probe_effect_facts facts = { .domain = s->probe->domain, .hosts = hosts, .host_count = s->host_count };

    for (size_t i = 0; i < s->host_count; i++) {
        const struct mail_host *host = &s->hosts[i];
        hosts[i] = (struct probe_effect_host) { host->name, host->unmatched || host->failed, host->gone, host->dane };
    }
    facts.txt = sight_is_fine(s, PROBE_TXT);
    facts.policy = sight_is_fine(s, PROBE_HTTPS) && sight_is_fine(s, PROBE_ANSWER) && sight_is_fine(s, PROBE_POLICY);
    facts.told = all[PROBE_TXT].findings.verdict == PROBE_FAIL;
    for (size_t i = PROBE_TXT; i <= PROBE_POLICY; i++)
        facts.told |= probe_check_status(&all[i]) == PROBE_STATUS_CRITICAL;
    facts.published = s->txt.value.len > 0 || s->has_address;
    facts.has_mode = find_mode(s, &facts.mode);
    facts.compared = s->compared;
    if (s->is_null_mx)
        return;
    probe_effect(&facts, &s->probe->effect);
}

static void free_sight(struct sight *s)
{
    for (size_t i = 0; i < s->host_count; i++)
        probe_hosts_done(s->options->hosts, s->hosts[i].seen);
    free(s->hosts);
    probe_txt_free(&s->txt);
    probe_dns_answer_free(&s->address);
    probe_fetched_free(&s->fetched);
    probe_policy_free(&s->policy);
}

void probe_domain(const struct probe_options *options, struct probe_dns *dns, const char *domain,
                  const struct probe_wanted *wanted, struct probe *probe)
{
    struct sight s = { .options = options, .dns = dns, .wanted = wanted, .probe = probe, .compared = PROBE_NOT_COMPARED };
    int64_t begin = clock_ms();

    *probe = (struct probe) { 0 };
    (void)snprintf(probe->domain, sizeof probe->domain, "%s", domain);
    (void)snprintf(s.policy_host, sizeof s.policy_host, DOMAIN_POLICY_HOST_PREFIX "%s", probe->domain);
    s.now = (int64_t)time(NULL);
    for (size_t i = 0; i < PROBE_CHECKS; i++)
        run_check(&s, (enum probe_check_name)i);
    forgive_smtp(&s);
    tell_effect(&s);
    free_sight(&s);
    probe->ms = (unsigned)(clock_ms() - begin);
}
