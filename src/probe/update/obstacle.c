#include "probe/update/obstacle.h"

#include "base/buf.h"
#include "policy/domain.h"
#include "policy/place.h"
#include "probe/judge/result.h"
#include "probe/update/plan.h"
#include "read/finding.h"

#include <string.h>

enum { SHOWN_MAX = 300 };

/* --- the id has to wait --- */

static void add_line(struct buf *out, const char *check, const char *text, size_t len)
{
    buf_print(out, "the id waits: %s: ", check);
    buf_add_shown(out, text, len, (size_t)-1);
    buf_print(out, "\n");
}

/* Adds the worst findings of CHECK, or only the first of them; of a check without a result, why. True if there was something. */
static bool add_check(const struct probe_result *result, enum probe_check_name name, bool all, struct buf *out)
{
    const struct probe_check *check = &result->checks[name];
    bool found = false;

    for (size_t i = 0; i < check->findings.count && (all || !found); i++) {
        const struct probe_finding *finding = &check->findings.list[i];
        if (finding->severity == PROBE_OK || finding->severity < check->findings.verdict)
            continue;
        const char *text = probe_finding_text(&check->findings, finding);
        add_line(out, probe_check_text(name), text, strlen(text));
        found = true;
    }
    if (!found && check->state == PROBE_UNKNOWN && check->summary.len > 0) {
        add_line(out, probe_check_text(name), check->summary.text, check->summary.len);
        found = true;
    }
    return found;
}

static bool has_failed(const struct probe_result *result, enum probe_check_name name)
{
    return result->checks[name].state == PROBE_UNKNOWN || result->checks[name].findings.verdict == PROBE_FAIL;
}

void update_obstacle_unsafe(const struct probe_result *result, struct buf *out)
{
    bool found = false;

    /* What fails first is the reason for what fails after it. */
    for (size_t i = PROBE_CHECK_HOST; i <= PROBE_CHECK_POLICY; i++) {
        if (!has_failed(result, (enum probe_check_name)i))
            continue;
        found |= add_check(result, (enum probe_check_name)i, false, out);
        break;
    }
    for (size_t i = PROBE_CHECK_MX; i <= PROBE_CHECK_SMTP; i++)
        if (result->checks[i].findings.verdict == PROBE_FAIL)
            found |= add_check(result, (enum probe_check_name)i, false, out);
    found |= add_check(result, PROBE_CHECK_INI, true, out);
    if (!found && has_failed(result, PROBE_CHECK_TXT))
        found = add_check(result, PROBE_CHECK_TXT, false, out);
    if (!found)
        buf_print(out, "the id waits: it is not known whether the policy is served at all addresses; run it again\n");
}

void update_obstacle_old(const struct update_name *host, const char *unknown, struct buf *out)
{
    buf_print(out, "the id waits: %s: ", host->name);
    if (unknown == NULL) {
        buf_print(out, "the resolver still has other records of it than the primary name server; run it again when their TTL has "
                       "passed\n");
        return;
    }
    buf_print(out, "it is not known whether the resolver has the records of it that are published now: ");
    buf_add_shown(out, unknown, strlen(unknown), SHOWN_MAX);
    buf_print(out, "; run it again\n");
}

/* --- a name --- */

static void add_seen(const struct update_name *name, struct buf *out)
{
    for (size_t i = 0; i < name->seen_count; i++) {
        buf_print(out, "%s%s ", i > 0 ? ", " : "", name->seen[i].type);
        buf_add_shown(out, name->seen[i].exact, strlen(name->seen[i].exact), SHOWN_MAX);
    }
}

static void add_wanted(const struct update_name *name, struct buf *out)
{
    for (size_t i = 0; i < name->wanted_count; i++) {
        const char *mark = strcmp(name->wanted[i].type, "TXT") == 0 ? "\"" : "";
        buf_print(out, "%s%s %s%s%s", i > 0 ? ", " : "", name->wanted[i].type, mark, name->wanted[i].data, mark);
    }
}

/* The id is named only once its policy is served. */
static void add_foreign(const struct update_name *name, struct buf *out)
{
    char zone[DOMAIN_MAX + 1];

    buf_print(out, "%s: another record is there: ", name->name);
    add_seen(name, out);
    buf_print(out, "; ");
    if (update_delegates(name, zone))
        buf_print(out,
                  "the domain's owner delegates the name: give --delegate %s, or, if that zone is not yours, remove the CNAME "
                  "or give --replace",
                  zone);
    else if (name->place == PLACE_ID)
        buf_print(out, "remove it, or give --replace");
    else {
        buf_print(out, "change it to ");
        add_wanted(name, out);
        buf_print(out, ", or change policies.ini, or give --replace");
    }
    buf_print(out, "\n");
}

void update_obstacle_name(const struct update_name *name, enum update_step step, const char *mistake, struct buf *out)
{
    switch (step) {
    case UPDATE_MISTAKE:
        if (mistake != NULL) {
            buf_add_shown(out, mistake, strlen(mistake), (size_t)-1);
            buf_print(out, "\n");
        }
        break;
    case UPDATE_UNKNOWN:
        buf_print(out, "%s: it is not known what is published there: ", name->name);
        buf_add_shown(out, name->unknown, strlen(name->unknown), SHOWN_MAX);
        buf_print(out, "; run it again\n");
        break;
    case UPDATE_FOREIGN:
        add_foreign(name, out);
        break;
    case UPDATE_BESIDE:
        buf_print(out,
                  "%s: a record of type %s is there, beside which no CNAME can stand (RFC 1034 3.6.2); remove it, or write "
                  "addresses in host =\n",
                  name->name, name->beside);
        break;
    case UPDATE_HOST_FIRST:
        buf_print(out, "the id waits: %s: apply the change of the policy host's record first, then run it again (RFC 8461 8.1)\n",
                  name->name);
        break;
    case UPDATE_NOTHING:
    case UPDATE_CHANGE:
    case UPDATE_UNSAFE: /* update_obstacle_unsafe() */
        break;
    }
}

void update_obstacle_primary(const struct update_name *name, const char *servers, const char *zone, struct buf *out)
{
    buf_print(
        out,
        "%s: it is not known what is published there: %s gives no answer about %s%s; check the address of --primary, and that "
        "this name server has the zone and answers questions from here\n",
        name->name, servers, zone[0] != '\0' ? "the zone " : "", zone[0] != '\0' ? zone : name->name);
}

/* --- delegated domains --- */

void update_obstacle_empty(const struct update_name *name, struct buf *out)
{
    if (name->place == PLACE_HOST && name->wanted_count == 0 && name->seen_count == 0 && name->unknown == NULL &&
        !name->is_mistaken)
        buf_print(out, "%s: a CNAME of the domain's owner leads there; write host = in policies.ini to get its record\n",
                  name->name);
}

void update_obstacle_owner(const struct update_name *name, const char *target, struct buf *out)
{
    if (name->unknown != NULL) {
        buf_print(out, "%s: it is not known whether the name is delegated: ", name->name);
        buf_add_shown(out, name->unknown, strlen(name->unknown), SHOWN_MAX);
        buf_print(out, "; run it again\n");
        return;
    }
    buf_print(out, "%s: let the domain's owner publish CNAME %s.", name->name, target);
    if (name->seen_count > 0) {
        buf_print(out, " in place of ");
        add_seen(name, out);
    }
    buf_print(out, " (RFC 8461 8.2)\n");
}
