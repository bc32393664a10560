#include "probe/reports.h"

#include "base/buf.h"
#include "base/list.h"
#include "probe/ask/lack.h"
#include "probe/check/error.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BLOCK = 65536, UNKNOWN = 3, ARGUMENTS_MAX = 8 + 2 * PROBE_REPORTS_OPTIONS };

#define NAME "mta-sts-reports"

extern char **environ;

/* A line of the output, with a NUL after the domain. */
struct line {
    const char *domain, *verdict;
};

struct probe_reports {
    struct buf output;
    struct line *lines; /* sorted by domain */
    size_t count, room;
};

/* --- the program --- */

/* Writes the name of the program to NAME: beside PROGRAM if it is there, otherwise for a search in PATH. */
static void find_program(const char *program, struct buf *name)
{
    const char *slash = strrchr(program, '/');

    if (slash != NULL) {
        buf_add(name, program, (size_t)(slash + 1 - program));
        buf_add(name, NAME, strlen(NAME));
        if (name->failed || access(name->text, X_OK) == 0)
            return;
        name->len = 0;
    }
    buf_add(name, NAME, strlen(NAME));
}

const char *probe_reports_option_text(enum probe_reports_option option)
{
    static const char *const texts[] = { [PROBE_REPORTS_DAYS] = "--days",
                                         [PROBE_REPORTS_REPORTERS] = "--reporters",
                                         [PROBE_REPORTS_WINDOW] = "--window",
                                         [PROBE_REPORTS_AUTHSERV_ID] = "--authserv-id" };

    return texts[option];
}

static void set_arguments(const struct probe_reports_source *source, const char *arguments[ARGUMENTS_MAX])
{
    const char *const first[] = { NAME, "--color=never", source->quiet ? "-qf" : "-f", source->file };
    size_t n = sizeof first / sizeof *first;

    (void)memcpy((void *)arguments, first, sizeof first);
    for (size_t i = 0; i < PROBE_REPORTS_OPTIONS; i++) {
        if (source->options[i] == NULL)
            continue;
        arguments[n++] = probe_reports_option_text((enum probe_reports_option)i);
        arguments[n++] = source->options[i];
    }
    arguments[n++] = "--";
    arguments[n++] = source->path;
    arguments[n] = NULL;
}

/* Starts it; it reads nothing, and writes to OUTPUT, of which INPUT is the other end. Returns 0 or an error number. */
static int start(const struct probe_reports_source *source, int input, int output, pid_t *pid)
{
    const char *arguments[ARGUMENTS_MAX];
    posix_spawn_file_actions_t actions;
    struct buf name = { 0 };
    int error = posix_spawn_file_actions_init(&actions);

    if (error != 0)
        return error;
    set_arguments(source, arguments);
    find_program(source->program, &name);
    error = name.failed ? ENOMEM : posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (error == 0)
        error = posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    if (error == 0)
        error = posix_spawn_file_actions_addclose(&actions, input);
    if (error == 0)
        error = posix_spawn_file_actions_addclose(&actions, output);
    if (error == 0)
        error = posix_spawnp(pid, name.text, &actions, NULL, (char *const *)arguments, environ);
    (void)posix_spawn_file_actions_destroy(&actions);
    buf_free(&name);
    return error;
}

/* Reads all that comes from INPUT. False if that fails, or memory runs out. */
static bool read_all(int input, struct buf *out)
{
    char *block = malloc(BLOCK);
    ssize_t n = -1;

    do {
        n = block != NULL ? read(input, block, BLOCK) : -1;
        if (n > 0)
            buf_add(out, block, (size_t)n);
    } while ((n > 0 && !out->failed) || (n < 0 && block != NULL && errno == EINTR));
    free(block);
    return n == 0 && !out->failed;
}

/* Waits for the program. False if it ended in another way than with a status that goes with verdicts. */
static bool is_done(pid_t pid, const struct buf *output)
{
    int status = 0;
    pid_t ended;

    do
        ended = waitpid(pid, &status, 0);
    while (ended < 0 && errno == EINTR);
    if (ended != pid || !WIFEXITED(status) || WEXITSTATUS(status) > UNKNOWN)
        return false;
    return WEXITSTATUS(status) != UNKNOWN || output->len > 0;
}

/* Runs it, and adds what it writes to OUTPUT. False if that fails; why is on standard error. */
static bool run(const struct probe_reports_source *source, struct buf *output)
{
    int ends[2];
    pid_t pid;

    if (pipe(ends) != 0) {
        (void)probe_error("cannot run " NAME ": %s", strerror(errno));
        return false;
    }
    int error = start(source, ends[0], ends[1], &pid);
    (void)close(ends[1]);
    bool is_read = error == 0 && read_all(ends[0], output);
    (void)close(ends[0]);
    if (error != 0)
        (void)probe_error("cannot run " NAME ": %s; install it, or leave out --reports", strerror(error));
    bool done = error == 0 && is_done(pid, output);
    if (error == 0 && !is_read)
        (void)probe_error(PROBE_LACK_MEMORY);
    else if (error == 0 && !done)
        (void)probe_error(NAME " failed; see its message above, or leave out --reports");
    return done && is_read;
}

/* --- the verdicts --- */

static int by_domain(const void *a, const void *b)
{
    const struct line *x = a, *y = b;

    return strcmp(x->domain, y->domain);
}

/* Takes the line TEXT: the domain, spaces, the verdict. False if memory runs out. */
static bool add_line(struct probe_reports *reports, char *text)
{
    char *space = text + strcspn(text, " ");
    struct line *lines;

    for (char *c = text; *c != '\0'; c++)
        if (*c < ' ' || *c > '~')
            *c = '?'; /* what goes into the probe's own output, is ASCII */
    if (*space == '\0')
        return true;
    lines = list_grow(reports->lines, reports->count, 1, &reports->room, sizeof *lines);
    if (lines == NULL)
        return false;
    *space++ = '\0';
    reports->lines = lines;
    lines[reports->count++] = (struct line) { text, space + strspn(space, " ") };
    return true;
}

static bool add_lines(struct probe_reports *reports)
{
    char *text = reports->output.text;
    bool good = true;

    while (good && text != NULL) {
        char *end = strchr(text, '\n');
        if (end != NULL)
            *end++ = '\0';
        good = add_line(reports, text);
        text = end;
    }
    if (reports->count > 0)
        qsort(reports->lines, reports->count, sizeof *reports->lines, by_domain);
    return good;
}

struct probe_reports *probe_reports_read(const struct probe_reports_source *source)
{
    struct probe_reports *reports = NULL;

    if (access(source->path, R_OK) != 0) {
        (void)probe_error("--reports %s: cannot be read: %s", source->path, strerror(errno));
        return NULL;
    }
    reports = calloc(1, sizeof *reports);
    bool good = reports != NULL && run(source, &reports->output);
    bool lacks = reports == NULL || (good && !add_lines(reports));
    if (lacks)
        (void)probe_error(PROBE_LACK_MEMORY);
    if (good && !lacks)
        return reports;
    probe_reports_free(reports);
    return NULL;
}

const char *probe_reports_find(const struct probe_reports *reports, const char *domain)
{
    const struct line key = { domain, NULL };
    const struct line *line = reports->count > 0 ? bsearch(&key, reports->lines, reports->count, sizeof key, by_domain) : NULL;

    return line != NULL ? line->verdict : "";
}

void probe_reports_free(struct probe_reports *reports)
{
    if (reports == NULL)
        return;
    buf_free(&reports->output);
    free(reports->lines);
    free(reports);
}
