/* The probe's network modules by themselves, for its suite: one thing looked at, what was seen as lines. */
#include "probe_dns.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const states[] = { "found", "absent", "again" };

static void print_shown(const char *label, const char *text)
{
    struct buf shown = { 0 };

    buf_add_shown(&shown, text, strlen(text), 200);
    (void)printf("%s%s\n", label, shown.text != NULL ? shown.text : "");
    buf_free(&shown);
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
    const char *timeout = getenv("LOOK_DNS_MS");
    const struct probe_dns_options options = { getenv("LOOK_SERVERS"), timeout != NULL ? (unsigned)atoi(timeout) : 2000, 2 };
    struct probe_dns *dns = probe_dns_new(&options);

    if (dns == NULL) {
        (void)puts("no resolver");
        return 1;
    }
    for (; *names != NULL; names++) {
        struct probe_dns_answer answer;
        question->ask(dns, *names, &answer);
        (void)printf("%s%s%s\n", states[answer.state], answer.no_such_name ? " no-such-name" : "",
                     answer.authentic ? " authentic" : "");
        if (answer.why != NULL)
            (void)printf("why %s\n", answer.why);
        if (answer.alias != NULL)
            print_shown("alias ", answer.alias);
        for (size_t i = 0; i < answer.count; i++)
            question->print(&answer, i);
        probe_dns_answer_free(&answer);
    }
    probe_dns_free(dns);
    return 0;
}

int main(int argc, char *argv[])
{
    for (size_t i = 0; argc > 2 && i < QUESTIONS; i++)
        if (strcmp(argv[1], questions[i].name) == 0)
            return look_dns(&questions[i], argv + 2);
    (void)fprintf(stderr, "usage: look txt|mx|a|tlsa NAME...\n");
    return 2;
}
