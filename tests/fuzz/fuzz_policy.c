/*
 * The model of a policy. The input is texts, each ended by a NUL: a mode, a max_age, an MX host, then mx patterns. The program
 * accepts the values that RFC 8461 allows. A policy that it prints can be read again, with the same values, and fits its
 * buffer.
 */
#include "fuzz.h"

#include <strings.h>

static void read_mode(const char *text, struct policy *policy)
{
    bool good = policy_mode_read(text, &policy->mode);

    CHECK(good == (strcmp(text, "testing") == 0 || strcmp(text, "enforce") == 0 || strcmp(text, "none") == 0));
}

static void read_max_age(const char *text, struct policy *policy)
{
    size_t digits = strspn(text, "0123456789");
    double unit = strcmp(text + digits, "w") == 0 ? 604800 : strcmp(text + digits, "d") == 0 ? 86400 : 1;
    double seconds = digits > 0 ? strtod(text, NULL) * unit : -1; /* up to the limit, exact */
    char written[16];

    bool good = policy_max_age_read(text, &policy->max_age);
    CHECK(good == (seconds >= 0 && seconds <= POLICY_MAX_AGE_MAX && (unit > 1 || text[digits] == '\0')));
    CHECK(!good || (double)policy->max_age == seconds);
    (void)snprintf(written, sizeof written, "%u", (unsigned)policy->max_age);
    CHECK(policy_max_age_read(written, &policy->max_age));
}

/* RFC 8461 4.1: the same name, or one label in place of the star. */
static void match(const char *pattern, const char *host)
{
    size_t len = strlen(host);
    bool same = false;

    len -= len > 0 && host[len - 1] == '.';
    if (pattern[0] != '*')
        same = strlen(pattern) == len && strncasecmp(pattern, host, len) == 0;
    else if (len > strlen(pattern + 1)) {
        size_t label = len - strlen(pattern + 1);
        same = memchr(host, '.', label) == NULL && strncasecmp(pattern + 1, host + label, len - label) == 0;
    }
    CHECK(policy_mx_match(pattern, host) == same);
}

static void render(const struct policy *policy, size_t cut)
{
    size_t len = policy_render(policy, NULL, 0);
    char *whole = malloc(len + 1), id[POLICY_ID_SIZE], other[POLICY_ID_SIZE];
    struct fuzz_policy back;

    CHECK(whole != NULL && policy_render(policy, whole, len + 1) == len && strlen(whole) == len);
    if (policy->mx_count > 0 || policy->mode == POLICY_NONE)
        CHECK(fuzz_read_policy(whole, len, &back) && back.max_age == policy->max_age && back.mx_count == policy->mx_count);
    char *part = malloc(cut %= len + 1);
    CHECK(cut == 0 || part != NULL);
    CHECK(policy_render(policy, part, cut) == len);
    CHECK(cut == 0 || (memcmp(part, whole, cut - 1) == 0 && part[cut - 1] == '\0'));
    policy_id(whole, len, id);
    CHECK(strspn(id, "0123456789abcdef") == POLICY_ID_SIZE - 1);
    whole[cut % len] ^= 1;
    policy_id(whole, len, other);
    CHECK(strcmp(id, other) != 0);
    free(whole);
    free(part);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct policy policy = { .mx = "" };
    size_t used = 0, cut = size * 31;
    char *mx = malloc(size + 1);
    char *mode = fuzz_text(&data, &size), *max_age = fuzz_text(&data, &size), *host = fuzz_text(&data, &size);

    CHECK(mx != NULL);
    read_mode(mode, &policy);
    read_max_age(max_age, &policy);
    while (size > 0) {
        char *pattern = fuzz_text(&data, &size);
        size_t len = strlen(pattern), star = strncmp(pattern, "*.", 2) == 0 ? 2 : 0;
        bool good = policy_mx_fault(pattern, len) == DOMAIN_FINE;
        CHECK(good == (strchr(pattern + star, '*') == NULL && domain_fault(pattern + star, len - star) == DOMAIN_FINE));
        if (good) {
            match(pattern, host);
            for (size_t i = 0; i <= len; i++)
                mx[used++] = domain_lower(pattern[i]);
            policy.mx_count++;
        }
        free(pattern);
    }
    policy.mx = mx;
    render(&policy, cut);
    free(mode);
    free(max_age);
    free(host);
    free(mx);
    return 0;
}
