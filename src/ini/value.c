#include "ini/value.h"

#include "base/buf.h"
#include "ini/fill.h"
#include "ini/header.h"
#include "ini/key.h"
#include "ini/section.h"
#include "policy/domain.h"
#include "policy/model.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

/* Returns VALUE with its letters in lower case in LOWER, or "" if it is longer than any mode or max_age. */
static const char *lower_case(const char *value, char lower[DOMAIN_MAX + 1])
{
    size_t len = strlen(value);

    domain_normal(value, len <= DOMAIN_MAX ? len : 0, lower);
    return lower;
}

static void check_mode(struct section *section, unsigned line, char *value)
{
    enum policy_mode mode;
    struct section_shown s;
    char lower[DOMAIN_MAX + 1];

    if (policy_mode_read(value, &mode))
        return;
    if (policy_mode_read(lower_case(value, lower), &mode))
        section_add_problem(section, line, KEY_MODE, "\"%s\" is not a valid mode; write %s, in lower case (RFC 8461 3.2)",
                            section_show(section, &s, value, strlen(value)), lower);
    else
        section_add_problem(section, line, KEY_MODE, "\"%s\" is not a valid mode; write enforce, testing or none (RFC 8461 3.2)",
                            section_show(section, &s, value, strlen(value)));
}

static void check_max_age(struct section *section, unsigned line, char *value)
{
    uint32_t seconds;
    struct section_shown s;
    char lower[DOMAIN_MAX + 1];

    if (policy_max_age_read(value, &seconds))
        return;
    if (policy_max_age_read(lower_case(value, lower), &seconds))
        section_add_problem(section, line, KEY_MAX_AGE, "\"%s\" is not a valid max_age; write %s, in lower case",
                            section_show(section, &s, value, strlen(value)), lower);
    else
        section_add_problem(
            section, line, KEY_MAX_AGE,
            "\"%s\" is not a valid max_age; write 0 to %d seconds, or a number with d or w, such as 4w (RFC 8461 3.2)",
            section_show(section, &s, value, strlen(value)), POLICY_MAX_AGE_MAX);
}

/* Adds FAULT, from fill_fault() or fill_near_fault(), of WORD. True if it is NULL. */
static bool check_braces(struct section *section, unsigned line, enum key key, const char *word, const char *fault)
{
    struct section_shown s;

    if (fault != NULL)
        section_add_problem(section, line, key, "\"%s\" %s", section_show(section, &s, word, strlen(word)), fault);
    return fault == NULL;
}

static bool check_pattern(struct section *section, unsigned line, const char *word, size_t len)
{
    if (!check_braces(section, line, KEY_MX, word, fill_fault(word, len)))
        return false;
    enum domain_fault fault = fill_mx_fault_of_all(word, len);
    if (fault != DOMAIN_FINE)
        section_add_name_problem(section, line, KEY_MX, word, len, fault, "\"\"", "RFC 8461 3.2");
    return fault == DOMAIN_FINE;
}

static void check_mx(struct section *section, unsigned line, char *value)
{
    size_t before = section->mx_count, problems = section->problem_count;

    for (char *rest = value, *word; (word = section_next_word(&rest)) != NULL;) {
        size_t len = strlen(word);
        if (!check_pattern(section, line, word, len))
            continue;
        for (char *c = word; *c != '\0'; c++)
            *c = domain_lower(*c);
        section->mx_fills |= fill_has_brace(word, len);
        buf_add(&section->mx, word, len + 1);
        buf_add(&section->mx_lines, (const char *)&line, sizeof line);
        section->failed |= section->mx.failed | section->mx_lines.failed;
        section->mx_count++;
    }
    if (section->mx_count == before && section->problem_count == problems)
        section_add_problem(section, line, KEY_MX, "is empty; write the host of an MX record (RFC 8461 3.2)");
}

static void check_use(struct section *section, unsigned line, char *value)
{
    struct section_shown s;
    const char *name = section_show(section, &s, value, strlen(value));
    size_t problems = section->problem_count;

    if (section->kind == SECTION_TEMPLATE)
        section_add_problem(section, line, KEY_USE, "only a domain's section can use a template; write the values here");
    else if (!header_is_template_name(value, strlen(value)))
        section_add_problem(section, line, KEY_USE, "\"%s\" is not a template; write the name of one section without a dot",
                            name);
    else if (strlen(value) == strlen("defaults") && domain_same(value, "defaults", strlen("defaults")))
        section_add_problem(section, line, KEY_USE, "every section inherits [defaults] by itself; leave this line out");
    if (section->problem_count > problems)
        section->value[KEY_USE].line = 0; /* as if it was not set, so that no second message follows */
}

static void check_host(struct section *section, unsigned line, char *value)
{
    size_t names = 0, addresses = 0;
    unsigned char address[sizeof(struct in6_addr)];
    struct section_shown s;

    for (char *rest = value, *word; (word = section_next_word(&rest)) != NULL;) {
        if (inet_pton(AF_INET, word, address) == 1 || inet_pton(AF_INET6, word, address) == 1) {
            addresses++;
            continue;
        }
        enum domain_fault fault = domain_fault(word, strlen(word));
        if (fill_has_brace(word, strlen(word)))
            section_add_problem(section, line, KEY_HOST,
                                "\"%s\" has a brace, which only mx and tlsrpt may have; write the name itself",
                                section_show(section, &s, word, strlen(word)));
        else if (fault == DOMAIN_ADDRESS && word[0] == '[')
            section_add_problem(section, line, KEY_HOST, "\"%s\" is an IP address in brackets; leave them out",
                                section_show(section, &s, word, strlen(word)));
        else if (fault != DOMAIN_FINE)
            section_add_name_problem(section, line, KEY_HOST, word, strlen(word), fault, "\"\"", "RFC 8461 8.2");
        names++;
    }
    if (names > 1 || (names > 0 && addresses > 0) || names + addresses == 0)
        section_add_problem(section, line, KEY_HOST, "write one name (for a CNAME record) or addresses (for A and AAAA records)");
}

static void check_tlsrpt(struct section *section, unsigned line, char *value)
{
    size_t count = 0;
    struct section_shown s;

    for (char *rest = value, *word; (word = section_next_word(&rest)) != NULL; count++)
        if (check_braces(section, line, KEY_TLSRPT, word, fill_near_fault(word, strlen(word))) &&
            !policy_is_report_uri(word, strlen(word)))
            section_add_problem(section, line, KEY_TLSRPT,
                                "\"%s\" is not a valid report address; write mailto:name@domain or https://..., and in it "
                                "%%2C, %%21 and %%3B for , ! and ; (RFC 8460 3)",
                                section_show(section, &s, word, strlen(word)));
    if (count == 0)
        section_add_problem(section, line, KEY_TLSRPT, "is empty; write mailto:name@domain or https://... (RFC 8460 3)");
}

typedef void check_fn(struct section *section, unsigned line, char *value);

static check_fn *const checks[KEYS] = {
    [KEY_MODE] = check_mode, [KEY_MX] = check_mx,     [KEY_MAX_AGE] = check_max_age,
    [KEY_USE] = check_use,   [KEY_HOST] = check_host, [KEY_TLSRPT] = check_tlsrpt,
};

void value_check(struct section *section, unsigned line, enum key key, char *value)
{
    checks[key](section, line, value);
}
