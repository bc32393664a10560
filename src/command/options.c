#include "command/options.h"

#include "command/run.h"
#include "config/standard.h"
#include "serve/listen.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef VERSION
#define VERSION "unknown"
#endif
#ifndef LIBRARIES
#define LIBRARIES "libfcgi, iniparser"
#endif

#ifdef __VERSION__
#define COMPILER __VERSION__
#else
#define COMPILER "an unknown compiler"
#endif
#ifdef __clang__
#define BUILT_WITH COMPILER ", " LIBRARIES
#else
#define BUILT_WITH "gcc " COMPILER ", " LIBRARIES
#endif

/* GNU's getopt() would take the options of a command for those before it, but for the plus. */
#ifdef __GLIBC__
#define OPTIONS "+f:t:l:hV"
#else
#define OPTIONS "f:t:l:hV"
#endif

static const char usage[] =
    "usage: mta-sts [-f FILE] COMMAND\n"
    "       mta-sts [-f FILE] [-t THREADS]    FastCGI: started by spawn-fcgi, systemd or lighttpd, not by hand\n"
    "       mta-sts [-f FILE] [-t THREADS] -l PORT    FastCGI on a TCP port, in a container\n"
    "       SERVER_NAME=mta-sts.example.org mta-sts    CGI: arguments are ignored\n"
    "\n"
    "An MTA-STS policy host (RFC 8461). Commands:\n";
static const char usage_options[] =
    "\n"
    "  -f FILE     the policies (default: $MTA_STS_POLICIES, ./policies.ini or " POLICIES ")\n"
    "  -t THREADS  FastCGI: requests answered at the same time (default: 16)\n"
    "  -l PORT     FastCGI: listens on this port of each address; on one address: -l ADDRESS:PORT\n"
    "  -h          this help\n"
    "  -V          the version and what it was built with\n"
    "\n"
    "Manuals: mta-sts(8), policies.ini(5)\n";

bool options_print_usage(FILE *out)
{
    (void)fputs(usage, out);
    command_list(out);
    (void)fputs(usage_options, out);
    return fflush(out) == 0;
}

bool options_print_version(const char *landlock)
{
    (void)printf("mta-sts " VERSION "\nbuilt with " BUILT_WITH "; %s\n", landlock);
    return fflush(stdout) == 0;
}

static bool read_threads(const char *text, unsigned *threads)
{
    char *end;

    errno = 0;
    long n = strtol(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || n < 1 || n > OPTIONS_THREADS_MAX) {
        (void)fprintf(stderr, "mta-sts: -t %s: write a number from 1 to %d\n", text, OPTIONS_THREADS_MAX);
        return false;
    }
    *threads = (unsigned)n;
    return true;
}

static bool read_listen(const char *text, struct listen_place *place)
{
    if (listen_read(text, place))
        return true;
    (void)fprintf(stderr, "mta-sts: -l %s: write a port from 1 to 65535, as in 9000, 127.0.0.1:9000 or [::1]:9000\n", text);
    return false;
}

/* Complains of an option that getopt() does not know, or that lacks its value. It is in the first one of WORDS. */
static void complain_of_option(char *const words[])
{
    const char *word = words[0];

    if (strchr("ftl", optopt) != NULL)
        (void)fprintf(stderr, "mta-sts: -%c: its value is missing\n", optopt);
    else if (word[0] == '-' && word[1] == '-')
        command_unknown(NULL, 1, words);
    else
        (void)fprintf(stderr, "mta-sts: -%c: unknown option\n", optopt);
}

/* Reads the options before the command. OPTIONS_NOTHING where none of them is an action of its own. */
static enum options_action read_short(int argc, char *argv[], struct options *options)
{
    enum options_action action = OPTIONS_NOTHING;
    int at = optind;

    opterr = 0;
    for (int option; (option = getopt(argc, argv, OPTIONS)) != -1; at = optind) {
        if (option == 'f')
            options->file = optarg;
        else if (option == 'h')
            action = OPTIONS_HELP;
        else if (option == 'V')
            action = OPTIONS_VERSION;
        else if (option != 't' && option != 'l') {
            complain_of_option(argv + at);
            return OPTIONS_WRONG;
        } else if (option == 't' ? !read_threads(optarg, &options->threads) : !read_listen(optarg, &options->listen))
            return OPTIONS_WRONG;
    }
    options->argc = argc - optind;
    options->argv = argv + optind;
    return action;
}

static enum options_action decide(const struct options *options, bool serves)
{
    const char *listen = options->listen.text;

    if (options->argc == 0 && (!serves || listen == NULL))
        return serves || listen != NULL ? OPTIONS_SERVE : OPTIONS_NOTHING;
    if (!serves && listen == NULL)
        return OPTIONS_COMMAND;
    if (options->argc == 0)
        (void)fprintf(stderr, "mta-sts: -l %s: there is a listening socket already; leave out one of them\n", listen);
    else if (!serves)
        (void)fprintf(stderr, "mta-sts: %s: -l is for FastCGI; leave out -l or the command\n", options->argv[0]);
    else
        (void)fprintf(stderr,
                      "mta-sts: %s: standard input is a listening socket, for FastCGI; leave out the socket or the command\n",
                      options->argv[0]);
    return OPTIONS_WRONG;
}

/* What WORD, the only argument, asks for; OPTIONS_NOTHING where it is none of these. */
static enum options_action word_action(const char *word)
{
    static const struct {
        const char *word;
        enum options_action action;
    } words[] = {
        { "--help", OPTIONS_HELP },
        { "help", OPTIONS_HELP },
        { "--version", OPTIONS_VERSION },
        { "version", OPTIONS_VERSION },
    };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(word, words[i].word) == 0)
            return words[i].action;
    return OPTIONS_NOTHING;
}

enum options_action options_read(int argc, char *argv[], bool serves, struct options *options)
{
    *options = (struct options) { .threads = OPTIONS_THREADS_DEFAULT };
    enum options_action action = argc == 2 ? word_action(argv[1]) : OPTIONS_NOTHING;
    if (action != OPTIONS_NOTHING)
        return action;
    action = read_short(argc, argv, options);
    if (action == OPTIONS_WRONG)
        (void)fprintf(stderr, "mta-sts: see \"mta-sts -h\"\n");
    if (action != OPTIONS_NOTHING)
        return action;
    options->is_default = options->file == NULL;
    if (options->is_default) {
        options->file = standard_file();
        options->other = standard_other(options->file);
    }
    return decide(options, serves);
}
