/* Host names: the program accepts the names that the RFCs allow. The normal form, and the policy host, lead back to the name. */
#include "fuzz.h"

#include <strings.h>

/* RFC 1123 2.1 and RFC 1035 2.3.4, character by character. */
static bool is_name(const char *name, size_t len)
{
    size_t label = 0, digits = 0;

    if (len == 0 || len > 253)
        return false;
    for (size_t i = 0; i < len; i++) {
        bool digit = name[i] >= '0' && name[i] <= '9', letter = (name[i] | 32) >= 'a' && (name[i] | 32) <= 'z';
        if (name[i] == '.') {
            if (label == 0 || label > 63 || name[i - 1] == '-')
                return false;
            label = digits = 0;
            continue;
        }
        if (!digit && !letter && (name[i] != '-' || label == 0))
            return false;
        label++;
        digits += digit;
    }
    return label > 0 && label <= 63 && name[len - 1] != '-' && digits < label;
}

/* RFC 8461 3.3: the policy host of a valid name, perhaps with a port and a final dot. */
static bool is_policy_host(const char *host)
{
    size_t len = strcspn(host, ":"), port = strlen(host + len);

    if (port > 6 || (port > 0 && strspn(host + len + 1, "0123456789") != port - 1))
        return false;
    if (len > 0 && host[len - 1] == '.')
        len--;
    return len > 8 && len - 8 <= DOMAIN_POLICY_MAX && strncasecmp(host, "mta-sts.", 8) == 0 && is_name(host, len);
}

static void check_host(const char *host)
{
    char domain[DOMAIN_MAX + 1], again[DOMAIN_MAX + 1], written[DOMAIN_MAX + 16];
    bool good = domain_from_host(host, domain);

    CHECK(good == is_policy_host(host));
    CHECK(good || domain[0] == '\0');
    if (!good)
        return;
    size_t len = strlen(domain);
    CHECK(domain_fault(domain, len) == DOMAIN_FINE);
    CHECK(strncasecmp(host + 8, domain, len) == 0);
    domain_normal(domain, len, again);
    CHECK(strcmp(domain, again) == 0);
    (void)snprintf(written, sizeof written, "MTA-sts.%s.:443", domain);
    CHECK(domain_from_host(written, again) && strcmp(domain, again) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *name = (const char *)data;
    char normal[DOMAIN_MAX + 1], host[DOMAIN_MAX + 16];
    enum domain_fault fault = domain_fault(name, size);

    CHECK((fault == DOMAIN_FINE) == is_name(name, size));
    CHECK(domain_fault_phrase(fault) != NULL && (fault == DOMAIN_DOT_LAST) == (domain_fault_advice(fault) == NULL));
    if (fault == DOMAIN_FINE) {
        domain_normal(name, size, normal);
        CHECK(strlen(normal) == size && domain_same(normal, name, size) && domain_fault(normal, size) == DOMAIN_FINE);
        (void)snprintf(host, sizeof host, "mta-sts.%s", normal);
        CHECK(domain_from_host(host, normal) == (size <= DOMAIN_POLICY_MAX));
        CHECK(size > DOMAIN_POLICY_MAX || strcmp(normal, host + 8) == 0);
    }
    char *text = fuzz_text(&data, &size);
    check_host(text);
    free(text);
    return 0;
}
