#include "command/commands.h"

#include "base/file.h"
#include "command/export.h"
#include "config/index.h"
#include "config/ini.h"
#include "config/section.h"
#include "policy/model.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TTL_DEFAULT = 300, TXT_STRING_MAX = 255 };

static const char out_of_memory[] = "out of memory";

/* OUT is what is to be printed; where memory ran out, it has failed, whoever found it, and is not. */
typedef int command_fn(struct index *index, int argc, char *argv[], struct buf *out);
static command_fn check, dns, hosts, show, export_policies;

static const struct command {
    const char *name, *arguments, *does;
    command_fn *run;
    bool waits; /* what it prints goes to others, who then ask for what is served: a file that was just written is waited for */
    bool needs; /* it is of no use without a domain, and would empty what is made of it */
} commands[] = {
    { "check", "[-q]", "tells every error and warning of the file; -q: the exit status alone", check, false, false },
    { "dns", "[-T TTL] [DOMAIN...]", "prints the records to publish, as a part of a zone file", dns, true, true },
    { "hosts", "", "prints the policy hosts, for certificates and server_name", hosts, false, true },
    { "show", "DOMAIN", "prints the policy as it is served", show, false, false },
    { "export", "[--delete] DIR", "writes the policies as static files below DIR", export_policies, true, true },
    { "export", "--worker FILE", "writes them as a Cloudflare Worker", export_policies, true, true },
};

void commands_usage(FILE *out)
{
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        char call[40];
        (void)snprintf(call, sizeof call, "%s %s", commands[i].name, commands[i].arguments);
        (void)fprintf(out, "  %-27s %s\n", call, commands[i].does);
    }
}

static void complain(const char *line)
{
    (void)fprintf(stderr, "mta-sts: %s\n", line);
}

/* Prints OUT so far, and empties it, unless it has failed. */
static void print(struct buf *out)
{
    if (out->failed || out->len == 0)
        return;
    (void)fwrite(out->text, 1, out->len, stdout);
    out->len = 0;
}

static int usage(const char *command)
{
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if (strcmp(commands[i].name, command) == 0)
            (void)fprintf(stderr, "usage: mta-sts [-f FILE] %s %s\n", command, commands[i].arguments);
    return COMMANDS_USAGE;
}

static const char *plural(size_t n)
{
    return n == 1 ? "" : "s";
}

/* --- check --- */

struct message {
    unsigned line;
    size_t order; /* of those of one line */
    bool warning;
    char *text;
};

struct messages {
    struct message *list;
    size_t count, room, errors, warnings;
    bool failed;
};

static void on_problem(void *to, unsigned line, bool warning, const char *text)
{
    struct messages *messages = to;

    if (messages->count == messages->room) {
        size_t room = messages->room > 0 ? messages->room * 2 : 16;
        struct message *more = realloc(messages->list, room * sizeof *more);
        if (more == NULL) {
            messages->failed = true;
            return;
        }
        messages->list = more;
        messages->room = room;
    }
    struct message *message = &messages->list[messages->count];
    *message = (struct message) { line, messages->count, warning, strdup(text) };
    messages->failed |= message->text == NULL;
    messages->count++;
    *(warning ? &messages->warnings : &messages->errors) += 1;
}

static int by_line(const void *a, const void *b)
{
    const struct message *x = a, *y = b;

    if (x->line != y->line)
        return x->line < y->line ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

static bool wants_colour(void)
{
    const char *term = getenv("TERM"), *no_colour = getenv("NO_COLOR");

    return isatty(STDOUT_FILENO) && (no_colour == NULL || no_colour[0] == '\0') && (term == NULL || strcmp(term, "dumb") != 0);
}

static void print_messages(const struct messages *messages, size_t domains)
{
    const bool colour = wants_colour();

    for (size_t i = 0; i < messages->count; i++)
        (void)printf("%s%s%s\n",
                     !colour                     ? ""
                     : messages->list[i].warning ? "\033[33m"
                                                 : "\033[31m",
                     messages->list[i].text, colour ? "\033[m" : "");
    (void)printf("%zu domain%s, %zu error%s, %zu warning%s\n", domains, plural(domains), messages->errors,
                 plural(messages->errors), messages->warnings, plural(messages->warnings));
}

static int check(struct index *index, int argc, char *argv[], struct buf *out)
{
    bool quiet = argc == 2 && strcmp(argv[1], "-q") == 0;
    struct messages messages = { 0 };
    const struct index_audit audit = { &messages, true, on_problem, NULL, NULL };

    if (argc > 1 && !quiet)
        return usage("check");
    out->failed = !index_audit(index, &audit) || messages.failed;
    if (messages.count > 0)
        qsort(messages.list, messages.count, sizeof *messages.list, by_line);
    if (!quiet && !out->failed)
        print_messages(&messages, index_domains(index));
    for (size_t i = 0; i < messages.count; i++)
        free(messages.list[i].text);
    free(messages.list);
    return messages.errors > 0 ? COMMANDS_WRONG : COMMANDS_FINE;
}

/* --- one domain --- */

/* The domain that ARGUMENT names, in normal form; false, and said so, where it names none. */
static bool read_domain(const char *argument, char domain[DOMAIN_MAX + 1])
{
    size_t len = strlen(argument);

    if (domain_from_host(argument, domain)) {
        (void)fprintf(stderr, "mta-sts: %s is the policy host; write %s\n", argument, domain);
        return false;
    }
    if (len > 1 && argument[len - 1] == '.')
        len--;
    enum domain_fault fault = domain_policy_fault(argument, len);
    if (fault != DOMAIN_FINE) {
        (void)fprintf(stderr, "mta-sts: \"%s\" %s; write a mail domain, as in example.org\n", argument,
                      domain_fault_phrase(fault));
        return false;
    }
    domain_normal(argument, len, domain);
    return true;
}

/* The policy of DOMAIN, or NULL, and said why, unless OUT has failed. */
static const struct index_verdict *find_policy(struct index *index, const char *domain, struct buf *out)
{
    const struct index_verdict *verdict;

    if (!index_find(index, domain, &verdict))
        out->failed = true;
    else if (verdict == NULL)
        (void)fprintf(stderr, "mta-sts: %s is not in the file; write a section [%s]\n", domain, domain);
    else if (verdict->found != INDEX_POLICY)
        complain(verdict->bytes);
    else
        return verdict;
    return NULL;
}

static int show(struct index *index, int argc, char *argv[], struct buf *out)
{
    char domain[DOMAIN_MAX + 1];

    if (argc != 2)
        return usage("show");
    const struct index_verdict *verdict = read_domain(argv[1], domain) ? find_policy(index, domain, out) : NULL;
    if (verdict == NULL)
        return COMMANDS_WRONG;
    buf_add(out, verdict->bytes, verdict->len);
    return COMMANDS_FINE;
}

static int hosts(struct index *index, int argc, char *argv[], struct buf *out)
{
    char domain[DOMAIN_MAX + 1];
    size_t at = 0;

    (void)argv;
    if (argc != 1)
        return usage("hosts");
    while (index_next_domain(index, &at, domain))
        if (strcmp(domain, "*") != 0)
            buf_print(out, "mta-sts.%s\n", domain);
    return COMMANDS_FINE;
}

/* --- dns --- */

/* TEXT as strings of a TXT record: each holds 255 bytes at most (RFC 1035 3.3). */
static void print_txt(struct buf *out, const char *name, uint32_t ttl, const char *text)
{
    buf_print(out, "%s. %" PRIu32 " IN TXT", name, ttl);
    for (size_t left = strlen(text); left > 0;) {
        size_t n = left < TXT_STRING_MAX ? left : TXT_STRING_MAX;
        buf_print(out, " \"%.*s\"", (int)n, text);
        text += n;
        left -= n;
    }
    buf_print(out, "\n");
}

static void print_host(struct buf *out, const char *domain, uint32_t ttl, char *host, bool mistaken)
{
    unsigned char address[sizeof(struct in6_addr)];
    char own[DOMAIN_MAX + 1];

    if (host == NULL && !mistaken)
        buf_print(out, "; mta-sts.%s: write host = in the file (a name, or addresses) to get its record here\n", domain);
    for (char *word; host != NULL && (word = section_next_word(&host)) != NULL;) {
        if (inet_pton(AF_INET, word, address) == 1)
            buf_print(out, "mta-sts.%s. %" PRIu32 " IN A %s\n", domain, ttl, word);
        else if (inet_pton(AF_INET6, word, address) == 1)
            buf_print(out, "mta-sts.%s. %" PRIu32 " IN AAAA %s\n", domain, ttl, word);
        else if (domain_from_host(word, own) && strcmp(own, domain) == 0)
            buf_print(out, "; mta-sts.%s: host is this name itself; write its addresses\n", domain);
        else
            buf_print(out, "mta-sts.%s. %" PRIu32 " IN CNAME %s.\n", domain, ttl, word);
    }
}

static void print_tlsrpt(struct buf *out, const char *domain, uint32_t ttl, char *list)
{
    struct buf name = { 0 }, text = { 0 };
    const char *separator = "v=TLSRPTv1; rua=";

    for (char *word; (word = section_next_word(&list)) != NULL; separator = ",")
        buf_print(&text, "%s%s", separator, word);
    buf_print(&name, "_smtp._tls.%s", domain);
    out->failed |= name.failed || text.failed;
    if (name.text != NULL && text.text != NULL)
        print_txt(out, name.text, ttl, text.text);
    buf_free(&name);
    buf_free(&text);
}

static const char leaving[] =
    "; Leaves MTA-STS (RFC 8461 8.3):\n"
    ";   1. Let this policy, mode none, be served with a max_age of about a day, then publish the new id below.\n"
    ";   2. Wait until every policy that was ever served has expired: the longest max_age that there was.\n"
    ";   3. Remove these records, then the section.\n";

/* The records of DOMAIN, all of them or none. */
static bool print_records(struct buf *out, struct index *index, const char *domain, uint32_t ttl)
{
    const struct index_verdict *verdict = find_policy(index, domain, out);
    struct index_beside beside;
    char id[POLICY_ID_SIZE], name[DOMAIN_MAX + sizeof "_mta-sts."], text[64];

    if (verdict == NULL) {
        buf_print(out, "; %s: no records, since it has no policy\n\n", domain);
        print(out);
        return false;
    }
    out->failed |= !index_beside(index, domain, &beside);
    policy_id(verdict->bytes, verdict->len, id);
    (void)snprintf(name, sizeof name, "_mta-sts.%s", domain);
    (void)snprintf(text, sizeof text, "v=STSv1; id=%s;", id);
    buf_print(out, "%s", beside.leaving ? leaving : "");
    if (beside.mistake != NULL)
        buf_print(out, "; %s: not all records, since there is a mistake in host or tlsrpt\n", domain);
    print_txt(out, name, ttl, text);
    print_host(out, domain, ttl, beside.host, beside.mistake != NULL);
    if (beside.tlsrpt != NULL)
        print_tlsrpt(out, domain, ttl, beside.tlsrpt);
    buf_print(out, "\n");
    print(out);
    bool good = beside.mistake == NULL;
    if (!good && !out->failed)
        complain(beside.mistake);
    free(beside.host);
    free(beside.tlsrpt);
    free(beside.mistake);
    return good;
}

static bool read_ttl(const char *text, uint32_t *ttl)
{
    char *end;

    errno = 0;
    unsigned long n = strtoul(text, &end, 10);
    if (errno != 0 || text[0] < '0' || text[0] > '9' || *end != '\0' || n > INT32_MAX)
        return false;
    *ttl = (uint32_t)n;
    return true;
}

static int dns(struct index *index, int argc, char *argv[], struct buf *out)
{
    uint32_t ttl = TTL_DEFAULT;
    char domain[DOMAIN_MAX + 1];
    int first = 1;
    size_t at = 0;
    bool good = true;

    if (argc > 1 && strcmp(argv[1], "-T") == 0) {
        if (argc < 3 || !read_ttl(argv[2], &ttl)) {
            complain("dns -T: write a TTL in seconds");
            return usage("dns");
        }
        first = 3;
    }
    if (first < argc && argv[first][0] == '-')
        return usage("dns");
    buf_print(out,
              "; 1. Publish mta-sts.<domain>, get its certificate, and see that "
              "https://mta-sts.<domain>/.well-known/mta-sts.txt is the policy.\n"
              "; 2. Then publish _mta-sts.<domain>. After each change: the policy first, then its new id (RFC 8461 8.1).\n\n");
    for (int i = first; i < argc && !out->failed; i++)
        good &= read_domain(argv[i], domain) && print_records(out, index, domain, ttl);
    while (first == argc && !out->failed && index_next_domain(index, &at, domain)) {
        if (strcmp(domain, "*") == 0)
            buf_print(out, "; [*]: name a domain that it answers for to get its records: mta-sts dns DOMAIN\n\n");
        else
            good &= print_records(out, index, domain, ttl);
    }
    return good ? COMMANDS_FINE : COMMANDS_WRONG;
}

/* --- export --- */

static int export_policies(struct index *index, int argc, char *argv[], struct buf *out)
{
    (void)out;
    bool two = argc == 3, worker = two && strcmp(argv[1], "--worker") == 0, remove = two && strcmp(argv[1], "--delete") == 0;

    if (argc < 2 || argv[argc - 1][0] == '-' || argv[argc - 1][0] == '\0' || !(argc == 2 || worker || remove))
        return usage("export");
    bool good = worker ? export_worker(index, argv[2], complain) : export_tree(index, argv[argc - 1], remove, complain);
    return good ? COMMANDS_FINE : COMMANDS_WRONG;
}

/* --- all of them --- */

static struct index *open_index(const char *file, const struct command *command)
{
    size_t size = 0;
    enum file_trouble trouble;
    struct buf text = { 0 };
    struct index *index = NULL;
    char *whole = NULL;
    int error = 0;

    trouble = command->waits ? file_wait(file) : FILE_FINE;
    if (trouble == FILE_FINE)
        whole = file_read(file, &size, &trouble);
    error = errno;

    if (trouble == FILE_FINE) {
        index = index_new(whole, size, file, NULL);
        error = ENOMEM;
        if (index == NULL)
            trouble = FILE_SYSTEM;
        else if (index_sections(index) == 0)
            trouble = FILE_EMPTY;
        else if (command->needs && index_domains(index) == 0)
            trouble = FILE_NO_DOMAINS;
    }
    if (trouble != FILE_FINE) {
        index_free(index);
        index = NULL;
        file_print_trouble(file, trouble, error, &text);
        complain(text.failed ? out_of_memory : text.text);
        buf_free(&text);
    }
    return index;
}

int commands_run(const char *file, int argc, char *argv[])
{
    const struct command *command = commands, *end = commands + sizeof commands / sizeof commands[0];

    while (command < end && strcmp(command->name, argv[0]) != 0)
        command++;
    if (command == end) {
        (void)fprintf(stderr, "mta-sts: %s: there is no such command; \"mta-sts -h\" lists them\n", argv[0]);
        return COMMANDS_USAGE;
    }
    ini_init();
    struct index *index = open_index(file, command);
    if (index == NULL)
        return COMMANDS_WRONG;
    struct buf out = { 0 };
    int status = command->run(index, argc, argv, &out);
    print(&out);
    /* A large piece is written at once: there may be nothing left to flush where that failed. */
    if (fflush(stdout) != 0 || ferror(stdout)) {
        (void)fprintf(stderr, "mta-sts: cannot write: %s\n", strerror(errno));
        status = COMMANDS_WRONG;
    }
    if (out.failed) {
        complain(out_of_memory);
        status = COMMANDS_WRONG;
    }
    buf_free(&out);
    index_free(index);
    return status;
}
