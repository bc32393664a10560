#include "change/explain.h"

#include "base/buf.h"
#include "base/utc.h"
#include "change/judge.h"

#include <string.h>

/* Here @ stands for the earliest safe time, and $ for the patterns. */
static const char *const sentences[JUDGE_RULES][EXPLAIN_PARTS] = {
    [JUDGE_MX_ADDED] = { "before @, senders that keep the old policy do not deliver to $",
                         "publish the MX record of a new host at @, not earlier (RFC 8461 5.1)" },
    [JUDGE_MX_REMOVED] = { "from now on, senders with the new policy do not deliver to $",
                           "remove the MX record first, wait until its TTL has passed, then remove the mx (RFC 8461 4.1)" },
    [JUDGE_REMOVED] = { "before @, senders that keep the old policy enforce it, and cannot fetch another; they deliver to $ "
                        "alone",
                        "write mode = none and max_age = 1d now, and publish the new id; remove the records, then the section, "
                        "at @, "
                        "not earlier (RFC 8461 8.3)" },
    [JUDGE_HOST_MOVED] = { "before @, senders that cannot fetch the policy from the new address keep the old policy, and deliver "
                           "to $ alone",
                           "first serve the policy at the new address, with a valid certificate; keep the old address until the "
                           "TTL of its record has passed, and other MX hosts out of the DNS until @ (RFC 8461 3.3)" },
    [JUDGE_ENFORCE_FIRST] = { "from now on, senders deliver to $ alone, and only if the certificate is valid there",
                              "begin with mode = testing and tlsrpt; write mode = enforce after a week of clean reports, at @ or "
                              "later (RFC 8461 5)" },
    [JUDGE_ENFORCE] = { "from now on, senders deliver to $ alone, and only if the certificate is valid there",
                        "do this after at least a week of clean reports; mta-sts-probe checks the MX hosts (RFC 8461 5)" },
    [JUDGE_TESTING] = { "before @, senders that keep the old policy enforce it, and deliver to $ alone",
                        "keep these MX hosts and their certificates until @ (RFC 8461 5.1)" },
    [JUDGE_NONE] = { "before @, senders that keep the old policy enforce it, and deliver to $ alone",
                     "keep these MX hosts and their certificates until @; then remove the records and the section (RFC 8461 "
                     "8.3)" },
    [JUDGE_NONE_AFTER_TESTING] = { "before @, senders may keep the old policy",
                                   "remove the records and the section at @ or later (RFC 8461 8.3)" },
    [JUDGE_NONE_LONG] = { "senders keep mode none for longer than a day",
                          "write max_age = 1d, so that they notice soon if you come back (RFC 8461 8.3)" },
    [JUDGE_REMOVED_TESTING] = { "before @, senders may keep the old policy, and report failures",
                                "write mode = none and max_age = 1d first; remove the records, then the section, at @ or later "
                                "(RFC 8461 8.3)" },
    [JUDGE_REMOVED_NONE] = { "senders may still enforce a policy that was served before mode none",
                             "remove the records, then the section, only when the max_age of every earlier policy has passed "
                             "since it was last "
                             "served (RFC 8461 8.3)" },
    [JUDGE_MAX_AGE_LOWERED] = { "before @, senders that keep the old policy enforce it, and deliver to $ alone",
                                "let the MX record of any new host wait until @, too (RFC 8461 8.3)" },
    [JUDGE_MAX_AGE_RAISED] = { "senders keep this policy longer than the old one, and its mistakes, too",
                               "raise max_age when the reports are clean (RFC 8461 10.2)" },
};

static void add_patterns(const struct judge_finding *finding, struct buf *out)
{
    const char *mx = finding->mx.text;

    for (size_t i = 0; i < finding->mx_count; i++, mx += strlen(mx) + 1)
        buf_print(out, "%s%s", i > 0 ? ", " : "", mx);
    if (finding->mx_count == 0)
        buf_print(out, "no MX host");
}

void explain_finding(const struct judge_finding *finding, enum explain_part part, struct buf *out)
{
    const char *text = sentences[finding->rule][part];
    char safe[UTC_SIZE];

    utc_write(finding->safe, safe);
    while (*text != '\0') {
        size_t len = strcspn(text, "@$");
        buf_add(out, text, len);
        text += len;
        if (*text == '@')
            buf_add(out, safe, sizeof safe - 1);
        else if (*text == '$')
            add_patterns(finding, out);
        text += *text != '\0';
    }
}
