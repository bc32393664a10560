/* The probe's network modules, for their suite. Each call looks at one thing, and prints what it finds as lines. */
#include "probe/ask/dns.h"
#include "probe/ask/fetch.h"
#include "probe/ask/x509.h"
#include "probe/judge/cert.h"
#include "probe/judge/lifetime.h"
#include "probe/judge/trust.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char *const states[] = { "found", "absent", "again" };

static void print_shown(const char *label, const char *text)
{
    struct buf shown = { 0 };

    buf_add_shown(&shown, text, strlen(text), 200);
    (void)printf("%s%s\n", label, shown.text != NULL ? shown.text : "");
    buf_free(&shown);
}

static unsigned number(const char *variable, unsigned otherwise)
{
    const char *text = getenv(variable);

    return text != NULL ? (unsigned)strtoul(text, NULL, 10) : otherwise;
}

/* --- DNS --- */

static void print_txt(const struct probe_dns_answer *answer, size_t i)
{
    const struct probe_txt_string *s = &answer->strings[i];

    (void)printf("%s", s->begins ? "txt " : "  + ");
    (void)fwrite(s->bytes, 1, s->len, stdout);
    (void)putchar('\n');
}

static void print_mx(const struct probe_dns_answer *answer, size_t i)
{
    (void)printf("mx %u \"%s\"\n", answer->mx[i].preference, answer->mx[i].host);
}

static void print_address(const struct probe_dns_answer *answer, size_t i)
{
    (void)printf("address %s\n", answer->addresses[i]);
}

static void print_tlsa(const struct probe_dns_answer *answer, size_t i)
{
    const struct probe_tlsa *t = &answer->tlsa[i];

    (void)printf("tlsa %u %u %u ", t->usage, t->selector, t->matching);
    for (size_t at = 0; at < t->len; at++)
        (void)printf("%02x", t->data[at]);
    (void)putchar('\n');
}

static const struct question {
    const char *name;
    void (*ask)(struct probe_dns *dns, const char *name, struct probe_dns_answer *answer);
    void (*print)(const struct probe_dns_answer *answer, size_t i);
} questions[] = {
    { "txt", probe_dns_txt, print_txt },
    { "mx", probe_dns_mx, print_mx },
    { "a", probe_dns_addresses, print_address },
    { "tlsa", probe_dns_tlsa, print_tlsa },
};

enum { QUESTIONS = sizeof questions / sizeof questions[0] };

static int look_dns(const struct question *question, char **names)
{
    char reason[200];
    struct probe_dns_options options = { .servers = getenv("LOOK_SERVERS"),
                                         .anchors = getenv("LOOK_ANCHORS"),
                                         .sockets = 16,
                                         .timeout_ms = number("LOOK_DNS_MS", 2000) };

    options.resolver = probe_resolver_new(&options, reason, sizeof reason);
    struct probe_dns *dns = options.resolver != NULL ? probe_dns_new(&options) : NULL;
    if (dns == NULL) {
        (void)printf("no resolver: %s\n", reason);
        return 1;
    }
    for (; *names != NULL; names++) {
        struct probe_dns_answer answer;
        question->ask(dns, *names, &answer);
        (void)printf("%s%s%s%s\n", states[answer.state], answer.no_such_name ? " no-such-name" : "",
                     answer.authentic ? " authentic" : "", answer.is_bogus ? " bogus" : "");
        if (answer.unvalidated != NULL)
            (void)printf("unvalidated %s\n", answer.unvalidated);
        if (answer.why != NULL)
            (void)printf("why %s\n", answer.why);
        if (answer.alias != NULL)
            print_shown("alias ", answer.alias);
        for (size_t i = 0; i < answer.count; i++)
            question->print(&answer, i);
        probe_dns_answer_free(&answer);
    }
    probe_dns_free(dns);
    probe_resolver_free(options.resolver);
    return 0;
}

/* --- fetching --- */

static const char *const outcomes[] = {
    [PROBE_FETCHED] = "fetched",         [PROBE_FETCH_REFUSED] = "refused",
    [PROBE_FETCH_NO_ROUTE] = "no-route", [PROBE_FETCH_SLOW] = "slow",
    [PROBE_FETCH_TLS_OLD] = "tls-old",   [PROBE_FETCH_TLS] = "tls",
    [PROBE_FETCH_LATER] = "later",       [PROBE_FETCH_NO_STARTTLS] = "no-starttls",
    [PROBE_FETCH_PROTOCOL] = "protocol", [PROBE_FETCH_STOPPED] = "stopped",
    [PROBE_FETCH_LACK] = "lack",
};

/* The findings about the certificate, at the time LOOK_NOW, with the authorities in LOOK_CA. */
static int print_certificate(struct stack_st_X509 *chain, const char *host)
{
    char why[200];
    struct probe_trust *trust = probe_trust_new(getenv("LOOK_CA"), why, sizeof why);
    struct probe_findings findings = { 0 };
    struct buf text = { 0 };
    int64_t now = number("LOOK_NOW", (unsigned)time(NULL));

    if (trust == NULL) {
        (void)printf("no trust: %s\n", why);
        return 1;
    }
    probe_cert_judge(trust, chain, host, now, number("LOOK_WARN", PROBE_LIFETIME_DECIDES), &findings);
    for (size_t i = 0; i < findings.count; i++)
        (void)printf("%s %s\n", findings.list[i].rule->kind, probe_finding_text(&findings, &findings.list[i]));
    probe_cert_describe(chain, now, &text);
    (void)printf("certificate %s\n", text.text != NULL ? text.text : "");
    if (findings.failed)
        (void)puts("failed");
    buf_free(&text);
    probe_findings_free(&findings);
    probe_trust_free(trust);
    return 0;
}

static void print_fetched(const struct probe_fetched *f, const char *host)
{
    (void)printf("%s %s %ld\n", outcomes[f->outcome], f->address[0] != '\0' ? f->address : "-", f->status);
    print_shown("why ", f->why);
    if (f->type != NULL)
        print_shown("type ", f->type);
    if (f->location != NULL)
        print_shown("location ", f->location);
    if (f->status > 0)
        (void)printf("body %zu%s\n", f->body.len, f->has_null_body ? " null" : "");
    if (f->body.len > 0 && f->body.len < 500)
        print_shown("", f->body.text);
    if (f->chain != NULL)
        (void)print_certificate(f->chain, host);
    if (getenv("LOOK_MS") != NULL)
        (void)printf("ms %u\n", f->ms);
}

enum { ADDRESSES_MAX = 16 };

static int look_fetch(bool mail, int count, char **arguments)
{
    const struct probe_fetch_options options = { .connect_ms = number("LOOK_CONNECT_MS", 2000),
                                                 .total_ms = number("LOOK_TOTAL_MS", 5000),
                                                 .https_port = number("LOOK_HTTPS", 443),
                                                 .smtp_port = number("LOOK_SMTP", 25),
                                                 .helo = "probe.test" };
    struct probe_fetched fetched[ADDRESSES_MAX];
    struct probe_fetch list[ADDRESSES_MAX];
    size_t addresses = 0;

    if (!probe_fetch_init())
        return 1;
    for (; addresses < (size_t)count - 1 && addresses < ADDRESSES_MAX; addresses++)
        list[addresses] = (struct probe_fetch) { arguments[0], arguments[addresses + 1], &fetched[addresses] };
    (mail ? probe_fetch_smtp : probe_fetch_policies)(&options, list, addresses);
    for (size_t i = 0; i < addresses; i++) {
        print_fetched(&fetched[i], arguments[0]);
        probe_fetched_free(&fetched[i]);
    }
    return 0;
}

/* look cert HOST FILE: the chain in FILE; look tlsa-of FILE: its digests. */
static char *read_file(const char *name)
{
    static char text[65536];
    FILE *in = fopen(name, "r");

    if (in == NULL)
        return NULL;
    text[fread(text, 1, sizeof text - 1, in)] = '\0';
    (void)fclose(in);
    return text;
}

static int look_digests(struct stack_st_X509 *chain)
{
    unsigned char digest[PROBE_CERT_DIGEST_MAX];

    for (unsigned i = 0; i < 8; i++) {
        size_t at = i >> 2;
        unsigned selector = i >> 1 & 1, matching = 1 + (i & 1), usage = at == 0 ? 3 : 2;
        size_t len = probe_cert_digest(chain, at, selector, matching, digest);
        if (len == 0)
            continue;
        (void)printf("%u %u %u ", usage, selector, matching);
        for (size_t b = 0; b < len; b++)
            (void)printf("%02x", digest[b]);
        bool good = probe_cert_matches(chain, usage, selector, matching, digest, len);
        digest[0] ^= 1;
        bool wrong = probe_cert_matches(chain, usage, selector, matching, digest, len);
        (void)printf("%s\n", good && !wrong ? "" : " does not match");
    }
    return 0;
}

static int look_file(const char *host, const char *file)
{
    char *pem = read_file(file);

    if (pem == NULL)
        return 1;
    struct stack_st_X509 *chain = probe_x509_read(pem);
    int status = host != NULL ? print_certificate(chain, host) : look_digests(chain);
    probe_x509_free(chain);
    return status;
}

int main(int argc, char *argv[])
{
    for (size_t i = 0; argc > 2 && i < QUESTIONS; i++)
        if (strcmp(argv[1], questions[i].name) == 0)
            return look_dns(&questions[i], argv + 2);
    if (argc > 2 && (strcmp(argv[1], "policy") == 0 || strcmp(argv[1], "smtp") == 0))
        return look_fetch(argv[1][0] == 's', argc - 2, argv + 2);
    if (argc == 4 && strcmp(argv[1], "cert") == 0)
        return look_file(argv[2], argv[3]);
    if (argc == 3 && strcmp(argv[1], "digests") == 0)
        return look_file(NULL, argv[2]);
    (void)fprintf(stderr, "usage: look txt|mx|a|tlsa NAME... | policy|smtp HOST ADDRESS... | cert HOST FILE | digests FILE\n");
    return 2;
}
