#include "ini/inherit.h"
#include "base/buf.h"
#include "ini/fill.h"
#include "ini/key.h"
#include "ini/section.h"
#include "policy/domain.h"
#include "policy/model.h"

#include <stdlib.h>
#include <string.h>

static bool stands_in_the_way(const struct section_problem *problem)
{
    return !problem->warning && key_is_in_policy(problem->key);
}

static bool own_problem(const struct section *own, struct inherit_why *why)
{
    for (size_t i = 0; i < own->problem_count; i++) {
        if (stands_in_the_way(&own->problems[i])) {
            *why = (struct inherit_why) { own, &own->problems[i] };
            return true;
        }
    }
    return false;
}

/*
 * Sets *FOUND to the first of COUNT LEVELS that sets KEY, or to NULL. False if a mistake in a level before that makes the result
 * uncertain (then in WHY), or if memory ran out.
 */
static bool find_level(const struct section *const levels[], size_t count, enum key key, const struct section **found,
                       struct inherit_why *why)
{
    *found = NULL;
    for (size_t i = 0; i < count; i++) {
        const struct section *level = levels[i];
        if (level == NULL)
            continue;
        if (level->failed)
            return false;
        const struct section_problem *mistake = i > 0 ? section_mistake(level, key) : NULL;
        if (mistake != NULL) {
            *why = (struct inherit_why) { level, mistake };
            return false;
        }
        if (level->value[key].line != 0) {
            *found = level;
            return true;
        }
    }
    return true;
}

static bool complain(struct section *own, struct inherit_why *why)
{
    *why = (struct inherit_why) { own, own->failed ? NULL : &own->problems[own->problem_count - 1] };
    return false;
}

/* True if A is before B in the file, or if B is empty. */
static bool comes_first(const struct inherit_why *a, const struct inherit_why *b)
{
    if (b->problem == NULL)
        return true;
    return a->section->at != b->section->at ? a->section->at < b->section->at : a->problem->line < b->problem->line;
}

/* Looks up host or tlsrpt. They are not part of the policy, so a mistake only removes the value. */
static void find_record(const struct section *const levels[], size_t count, enum key key, struct inherit_found *found)
{
    const struct section *own = levels[0];
    struct inherit_why why = { own, section_mistake(own, key) };

    /* A mistake in use does not matter for a value that the section itself sets. */
    if (own->value[key].line != 0 && own->mistake[key] == 0 && own->mistake[KEY_ANY] == 0) {
        found->from[key] = own;
        return;
    }
    if (why.problem == NULL && find_level(levels, count, key, &found->from[key], &why))
        return;
    found->from[key] = NULL;
    found->mistaken[key] = true;
    if (why.problem != NULL && comes_first(&why, &found->record_mistake))
        found->record_mistake = why;
}

bool inherit_looks_in_defaults(const struct section *own, const struct section *template, bool records)
{
    for (size_t key = 0; key < KEYS; key++) {
        bool wanted = key != KEY_USE && (key_is_in_policy((enum key)key) || records);
        if (wanted && own->value[key].line == 0 && (template == NULL || template->value[key].line == 0))
            return true;
    }
    return false;
}

bool inherit_find(struct section *own, const struct section *template, const struct section *defaults,
                  struct inherit_found *found, struct inherit_why *why)
{
    const struct section *const levels[] = { own, template, defaults };
    const size_t count = sizeof levels / sizeof levels[0];

    *found = (struct inherit_found) { .policy = { .mode = POLICY_TESTING, .max_age = POLICY_MAX_AGE_DEFAULT } };
    *why = (struct inherit_why) { 0 };
    for (size_t key = 0; key < KEYS && !own->failed; key++)
        if (!key_is_in_policy((enum key)key))
            find_record(levels, count, (enum key)key, found);
    if (own->failed || own_problem(own, why))
        return false;
    for (size_t key = 0; key < KEYS; key++) {
        /* Only the section itself can have use. */
        size_t where = key == KEY_USE ? 1 : count;
        if (key_is_in_policy((enum key)key) && !find_level(levels, where, (enum key)key, &found->from[key], why))
            return false;
    }
    struct policy *policy = &found->policy;
    if (found->from[KEY_MODE] != NULL)
        (void)policy_mode_read(section_value(found->from[KEY_MODE], KEY_MODE), &policy->mode);
    if (found->from[KEY_MAX_AGE] != NULL)
        (void)policy_max_age_read(section_value(found->from[KEY_MAX_AGE], KEY_MAX_AGE), &policy->max_age);
    if (found->from[KEY_MX] != NULL) {
        policy->mx = found->from[KEY_MX]->mx.text;
        policy->mx_count = found->from[KEY_MX]->mx_count;
        found->fills = found->from[KEY_MX]->mx_fills;
    } else if (policy->mode != POLICY_NONE) {
        section_add_problem(own, own->line, KEY_MX,
                            "is missing; write \"mx = \" and the host of an MX record, or \"mode = none\" (RFC 8461 3.2)");
        return complain(own, why);
    }
    return true;
}

unsigned inherit_mx_line(const struct section *own, const struct inherit_found *found, size_t number)
{
    return found->from[KEY_MX] == own ? section_mx_line(own, number) : own->line;
}

bool inherit_fill(struct section *own, struct inherit_found *found, const char *domain, struct buf *mx, struct inherit_why *why)
{
    struct policy *policy = &found->policy;
    const char *pattern = policy->mx;

    *why = (struct inherit_why) { 0 };
    for (size_t i = 0, len; i < policy->mx_count; i++, pattern += len + 1) {
        len = strlen(pattern);
        enum domain_fault fault = fill_mx_fault(pattern, len, domain);
        if (fault != DOMAIN_FINE) {
            section_add_problem(own, inherit_mx_line(own, found, i), KEY_MX,
                                "\"%.80s\" %s with %s in it; write %s (RFC 8461 3.2)", pattern, domain_fault_phrase(fault),
                                domain, domain_fault_advice(fault));
            return complain(own, why);
        }
        fill_add(mx, pattern, len, domain);
        buf_add(mx, "", 1);
    }
    policy->mx = mx->text;
    return !mx->failed;
}

bool inherit_render(struct section *own, const struct inherit_found *found, struct buf *out, struct inherit_why *why)
{
    char bytes[1024];
    size_t len = policy_render(&found->policy, bytes, sizeof bytes);

    *why = (struct inherit_why) { 0 };
    if (len > POLICY_BYTES_MAX) {
        section_add_problem(
            own, own->line, KEY_MX,
            "the policy would have %zu bytes, but senders read only 65536; write fewer hosts, or wildcards (RFC 8461 3.3)", len);
        return complain(own, why);
    }
    if (len < sizeof bytes) {
        buf_add(out, bytes, len);
        return !out->failed;
    }
    char *large = malloc(len + 1);
    if (large == NULL)
        return false;
    (void)policy_render(&found->policy, large, len + 1);
    buf_add(out, large, len);
    free(large);
    return !out->failed;
}
