#include "command/run.h"

#include "base/buf.h"
#include "change/diff.h"
#include "command/common.h"
#include "command/dns/format.h"
#include "command/export/export.h"
#include "command/export/site.h"
#include "command/hosts.h"
#include "command/import/import.h"
#include "command/meant.h"
#include "config/index.h"
#include "config/open.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { OPENS_NONE = 1024 };

static const struct command {
    const char *name, *arguments, *does;
    command_fn *run;
    const char *valued; /* an option whose value is no argument, or NULL */
    int takes_file;     /* which of the arguments is the file, as with -f; 0: none */
    /* Where others ask for what is served once they have the output, a file that was just written has to be served first. Where
     * something is made from the output, no domain would empty it. */
    unsigned opens;                 /* flags of config/open.h, or OPENS_NONE: the command does not use the file */
    void (*names)(struct buf *out); /* appends the values that NAME in ARGUMENTS may have; or NULL */
} commands[] = {
    { "check", "[-q] [FILE]", "prints every error and warning of the file; -q: only the exit status", command_check, "--delegate",
      1, 0, NULL },
    { "check", "--delegate ZONE [FILE]", "the same, and what keeps a domain from being delegated to ZONE", command_check,
      "--delegate", 1, 0, NULL },
    { "dns", "[-T TTL] [DOMAIN...]", "prints the DNS records to publish, for a zone file", command_dns, NULL, 0,
      OPEN_WAITS | OPEN_NEEDS, NULL },
    { "dns", "--format NAME [DOMAIN...]", "prints them as NAME: ", command_dns, NULL, 0, OPEN_WAITS | OPEN_NEEDS,
      dns_format_names },
    { "dns", "--delegate ZONE [DOMAIN...]", "prints CNAME records for the owners, and those of ZONE; --only owners or zone",
      command_dns, NULL, 0, OPEN_WAITS | OPEN_NEEDS, NULL },
    { "diff", "[--json] OLD [NEW]", "prints what an edit of the file means for mail", diff_command, "--now", 2, OPEN_NEEDS,
      NULL },
    { "diff", "--now TIME OLD [NEW]", "the same, if the edit is served at TIME", diff_command, "--now", 2, OPEN_NEEDS, NULL },
    { "import", "[--domain NAME] FILE|DIR|-...", "prints sections for existing policies: mta-sts.txt, Workers, nginx",
      import_command, "--domain", 0, OPENS_NONE, NULL },
    { "hosts", "", "prints the policy hosts, for certificates and server_name", command_hosts, "--for", 0, OPEN_NEEDS, NULL },
    { "hosts", "--for FRONT [DIR]", "prints them as FRONT takes them; with DIR, those that have a certificate there: ",
      command_hosts, "--for", 0, OPEN_NEEDS, hosts_front_names },
    { "show", "DOMAIN", "prints the policy as it is served", command_show, NULL, 0, 0, NULL },
    { "export", "[--delete] DIR", "writes the policies as static files below DIR", export_command, NULL, 0,
      OPEN_WAITS | OPEN_NEEDS, NULL },
    { "export", "--site KIND DIR", "writes them with what a static host needs: ", export_command, NULL, 0,
      OPEN_WAITS | OPEN_NEEDS, site_names },
    { "export", "--worker DIR|FILE.mjs", "writes a Cloudflare Worker: DIR for wrangler deploy, or the module alone",
      export_command, NULL, 0, OPEN_WAITS | OPEN_NEEDS, NULL },
};

enum { COMMANDS = sizeof commands / sizeof *commands };

void command_list(FILE *out)
{
    for (size_t i = 0; i < COMMANDS; i++) {
        char call[64];
        struct buf names = { 0 };
        (void)snprintf(call, sizeof call, "%s %s", commands[i].name, commands[i].arguments);
        if (commands[i].names != NULL)
            commands[i].names(&names);
        (void)fprintf(out, "  %-31s %s%s\n", call, commands[i].does, names.text != NULL ? names.text : "");
        buf_free(&names);
    }
}

static void print_usage(FILE *out, const char *name)
{
    for (size_t i = 0; i < COMMANDS; i++)
        if (strcmp(commands[i].name, name) == 0)
            (void)fprintf(out, "usage: mta-sts %s%s%s%s\n", commands[i].opens != OPENS_NONE ? "[-f FILE] " : "", name,
                          commands[i].arguments[0] != '\0' ? " " : "", commands[i].arguments);
}

static const char *name_of(size_t i)
{
    return i < COMMANDS ? commands[i].name : NULL;
}

void command_unknown(const char *file, int argc, char *const argv[])
{
    meant_command(file, argc, argv, name_of);
}

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; i < COMMANDS; i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

/* The index of FILE. NULL, with a complaint, where the command cannot do with it. */
static struct index *open_file(const char *file, const struct command *command)
{
    struct buf why = { 0 };
    struct index *index = open_index(file, command->opens, &why);

    if (index == NULL)
        command_complain_of(&why);
    return index;
}

/* Writes the rest of OUT. False, with a complaint, where not all was written. */
static bool finish(struct buf *out)
{
    bool good = true;

    command_print(out);
    /* A large piece is written at once: there may be nothing left to flush where that failed. */
    if (fflush(stdout) != 0 || ferror(stdout)) {
        (void)fprintf(stderr, "mta-sts: cannot write: %s\n", strerror(errno));
        good = false;
    }
    if (out->failed) {
        command_complain("out of memory");
        good = false;
    }
    buf_free(out);
    return good;
}

static bool is_value(const struct command *command, const char *before)
{
    return command->valued != NULL && strcmp(before, command->valued) == 0;
}

/*
 * Takes -f FILE behind the command out of its arguments and, of a command that takes one, the file itself. Returns the number of
 * arguments that are left; 0 where the file is missing.
 */
static int take_file(const struct command *command, int argc, char *argv[], const char **file)
{
    int left = 1;
    int seen = 0;

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "-f") == 0 && command->opens != OPENS_NONE) {
            if (++i == argc)
                return 0;
            *file = argv[i];
        } else if (command->takes_file > 0 && argv[i][0] != '-' && !is_value(command, argv[i - 1]) &&
                   ++seen == command->takes_file) {
            *file = argv[i];
        } else {
            argv[left++] = argv[i];
        }
    }
    return left;
}

static bool is_option(const char *name, const char *word)
{
    for (size_t i = 0; i < COMMANDS; i++)
        if (strcmp(commands[i].name, name) == 0 &&
            (meant_has_option(commands[i].arguments, word) || meant_has_option(commands[i].does, word)))
            return true;
    return false;
}

/* True where the usage is all that is wanted, or an option is unknown: then it is printed, and *STATUS is set. */
static bool ends_in_usage(const char *name, int argc, char *argv[], int *status)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "-h") == 0 || strcmp(argv[i], "--help") == 0) {
            print_usage(stdout, name);
            *status = fflush(stdout) == 0 ? COMMAND_FINE : COMMAND_WRONG;
            return true;
        }
        if (argv[i][0] == '-' && argv[i][1] != '\0' && !is_option(name, argv[i])) {
            (void)fprintf(stderr, "mta-sts: %s: %s: unknown option\n", name, argv[i]);
            print_usage(stderr, name);
            *status = COMMAND_USAGE;
            return true;
        }
    }
    return false;
}

/* Runs COMMAND on FILE, and prints its output. */
static int run_on(const char *file, const struct command *command, int argc, char *argv[])
{
    struct buf out = { 0 };
    struct index *index = command->opens != OPENS_NONE ? open_file(file, command) : NULL;

    if (index == NULL && command->opens != OPENS_NONE)
        return COMMAND_WRONG;
    int status = command->run(index, argc, argv, &out);
    if (status == COMMAND_USAGE)
        print_usage(stderr, command->name);
    if (!finish(&out))
        status = COMMAND_WRONG;
    index_free(index);
    return status;
}

/* "help COMMAND". */
static int print_help(char *const argv[])
{
    if (find_command(argv[1]) == NULL) {
        command_unknown(NULL, 1, argv + 1);
        return COMMAND_USAGE;
    }
    print_usage(stdout, argv[1]);
    return fflush(stdout) == 0 ? COMMAND_FINE : COMMAND_WRONG;
}

/* No file was named, and there is none at the usual places. */
static void advise_file(const char *name)
{
    static const char text_file[] = "policies.ini.txt";

    if (access(text_file, F_OK) == 0)
        (void)fprintf(stderr, "mta-sts: %s is in this folder: rename it to policies.ini, or write \"mta-sts -f %s %s\"\n",
                      text_file, text_file, name);
    else
        (void)fprintf(stderr, "mta-sts: \"mta-sts -f FILE %s\" reads another file\n", name);
}

int command_run(const char *file, bool is_default, const char *other, int argc, char *argv[])
{
    const struct command *command = find_command(argv[0]);
    const char *default_file = file;
    int status = COMMAND_USAGE;

    if (command == NULL && argc == 2 && strcmp(argv[0], "help") == 0)
        return print_help(argv);
    if (command == NULL) {
        command_unknown(is_default ? NULL : file, argc, argv);
        return COMMAND_USAGE;
    }
    argc = take_file(command, argc, argv, &file);
    if (argc == 0)
        print_usage(stderr, command->name);
    else if (!ends_in_usage(command->name, argc, argv, &status))
        status = run_on(file, command, argc, argv);
    if (status == COMMAND_WRONG && is_default && file == default_file && command->opens != OPENS_NONE && access(file, F_OK) != 0)
        advise_file(command->name);
    if (other != NULL && file == default_file && command->opens != OPENS_NONE && status != COMMAND_USAGE)
        (void)fprintf(stderr, "mta-sts: read ./%s, and not %s; \"mta-sts -f FILE %s\" reads another\n", file, other,
                      command->name);
    return status;
}
