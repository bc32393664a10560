/* mta-sts, an MTA-STS policy host (RFC 8461): decides which role it was started in, and calls it. */
#include "command/commands.h"
#include "serve/cgi.h"
#include "serve/confine.h"
#include "serve/fastcgi.h"

#include <errno.h>
#include <stdbool.h>
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
#ifndef POLICIES
#define POLICIES "/etc/mta-sts/policies.ini"
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

enum { FIRST_PASSED_FD = 3 };

/* GNU's getopt() would take the options of a command for those before it, but for the plus. */
#ifdef __GLIBC__
#define OPTIONS "+f:t:h"
#else
#define OPTIONS "f:t:h"
#endif

struct options {
    const char *file; /* NULL: not given */
    unsigned threads;
    bool help, version;
};

static const char usage[] = "usage: mta-sts [-f FILE] COMMAND\n"
                            "       mta-sts [-f FILE] [-t THREADS]    with a listening socket as standard input: FastCGI\n"
                            "       SERVER_NAME=mta-sts.example.org mta-sts    CGI; arguments are ignored\n"
                            "\n"
                            "An MTA-STS policy host (RFC 8461). Commands:\n";
static const char usage_options[] = "\n"
                                    "  -f FILE     the policies; else $MTA_STS_POLICIES, ./policies.ini, " POLICIES "\n"
                                    "  -t THREADS  FastCGI: requests answered at the same time, 16 unless told\n"
                                    "  -h          this help\n"
                                    "  --version   the version, and what it was built with\n"
                                    "\n"
                                    "Manuals: mta-sts(8), policies.ini(5)\n";

static int print_usage(FILE *out, int status)
{
    (void)fputs(usage, out);
    commands_usage(out);
    (void)fputs(usage_options, out);
    return fflush(out) == 0 ? status : COMMANDS_WRONG;
}

/* What it was built with and, of what it uses where it is there, what is there. */
static int print_version(void)
{
    int landlock = confine_version();

    (void)printf("mta-sts " VERSION "\nbuilt with " BUILT_WITH "; ");
    if (landlock > 0)
        (void)printf("Landlock %d\n", landlock);
    else
        (void)puts(landlock == 0 ? "Landlock, which this kernel does not have" : "no Landlock");
    return fflush(stdout) == 0 ? COMMANDS_FINE : COMMANDS_WRONG;
}

/* -f, else the environment, else the working directory (a CGI program's own folder), else the system's. */
static const char *policies(const struct options *options)
{
    const char *named = getenv("MTA_STS_POLICIES");

    if (options->file != NULL)
        return options->file;
    if (named != NULL && named[0] != '\0')
        return named;
    return access("policies.ini", F_OK) == 0 ? "policies.ini" : POLICIES;
}

/* The listening socket that this process was started with, or -1 (sd_listen_fds(3) has LISTEN_FDS and LISTEN_PID). */
static int passed_socket(void)
{
    const char *pid = getenv("LISTEN_PID"), *fds = getenv("LISTEN_FDS");

    if (serve_is_listening(STDIN_FILENO))
        return STDIN_FILENO;
    if (pid == NULL || fds == NULL || strtol(pid, NULL, 10) != (long)getpid() || strtol(fds, NULL, 10) < 1)
        return -1;
    return serve_is_listening(FIRST_PASSED_FD) ? FIRST_PASSED_FD : -1;
}

static bool is_cgi(void)
{
    return getenv("GATEWAY_INTERFACE") != NULL || getenv("REQUEST_METHOD") != NULL || getenv("SERVER_NAME") != NULL;
}

static bool read_threads(const char *text, unsigned *threads)
{
    char *end;

    errno = 0;
    long n = strtol(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || n < 1 || n > SERVE_THREADS_MAX)
        return false;
    *threads = (unsigned)n;
    return true;
}

/* False, and said why, where the arguments are wrong. */
static bool read_options(int argc, char *argv[], struct options *options)
{
    int option;

    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        options->version = true;
        return true;
    }
    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        options->help = true;
        return true;
    }
    while ((option = getopt(argc, argv, OPTIONS)) != -1) {
        if (option == 'f')
            options->file = optarg;
        else if (option == 'h')
            options->help = true;
        else if (option != 't')
            return false;
        else if (!read_threads(optarg, &options->threads)) {
            (void)fprintf(stderr, "mta-sts: -t %s: write a number from 1 to %d\n", optarg, SERVE_THREADS_MAX);
            return false;
        }
    }
    return true;
}

int main(int argc, char *argv[])
{
    struct options options = { .threads = SERVE_THREADS_DEFAULT };
    int fd = passed_socket();

    if (fd < 0 && is_cgi())
        return cgi_answer(policies(&options));
    if (!read_options(argc, argv, &options)) {
        (void)fprintf(stderr, "mta-sts: \"mta-sts -h\" tells how it is used\n");
        return COMMANDS_USAGE;
    }
    if (options.version)
        return print_version();
    if (options.help)
        return print_usage(stdout, COMMANDS_FINE);
    if (fd >= 0 && optind < argc) {
        (void)fprintf(stderr, "mta-sts: %s: a command, while standard input is a listening socket; leave one of them out\n",
                      argv[optind]);
        return COMMANDS_USAGE;
    }
    if (fd >= 0)
        return serve_fastcgi(fd, policies(&options), options.threads);
    if (optind < argc)
        return commands_run(policies(&options), argc - optind, argv + optind);
    return print_usage(stderr, COMMANDS_USAGE);
}
