#include "command/run.h"

#include "base/file.h"
#include "command/common.h"
#include "config/ini.h"

#include <errno.h>
#include <string.h>

static const char out_of_memory[] = "out of memory";

static const struct command {
    const char *name, *arguments, *does;
    command_fn *run;
    /* The output leads others to ask for what is served: a file that was just written has to be in force first. */
    bool waits;
    bool needs_domains; /* without a domain, the command would empty what is made from its output */
} commands[] = {
    { "check", "[-q]", "tells every error and warning of the file; -q: the exit status alone", command_check, false, false },
    { "dns", "[-T TTL] [DOMAIN...]", "prints the records to publish, as a part of a zone file", command_dns, true, true },
    { "hosts", "", "prints the policy hosts, for certificates and server_name", command_hosts, false, true },
    { "show", "DOMAIN", "prints the policy as it is served", command_show, false, false },
    { "export", "[--delete] DIR", "writes the policies as static files below DIR", command_export, true, true },
    { "export", "--worker FILE", "writes them as a Cloudflare Worker", command_export, true, true },
};

enum { COMMANDS = sizeof commands / sizeof *commands };

void command_list(FILE *out)
{
    for (size_t i = 0; i < COMMANDS; i++) {
        char call[40];
        (void)snprintf(call, sizeof call, "%s %s", commands[i].name, commands[i].arguments);
        (void)fprintf(out, "  %-27s %s\n", call, commands[i].does);
    }
}

static void print_usage(const char *name)
{
    for (size_t i = 0; i < COMMANDS; i++)
        if (strcmp(commands[i].name, name) == 0)
            (void)fprintf(stderr, "usage: mta-sts [-f FILE] %s %s\n", name, commands[i].arguments);
}

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; i < COMMANDS; i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

static void complain_of_file(const char *file, enum file_trouble trouble, int error)
{
    struct buf text = { 0 };

    file_print_trouble(file, trouble, error, &text);
    command_complain(text.failed ? out_of_memory : text.text);
    buf_free(&text);
}

static enum file_trouble trouble_in(const struct index *index, const struct command *command)
{
    if (index == NULL)
        return FILE_SYSTEM;
    if (index_sections(index) == 0)
        return FILE_EMPTY;
    return command->needs_domains && index_domains(index) == 0 ? FILE_NO_DOMAINS : FILE_FINE;
}

/* The index of FILE. NULL, with a complaint, where the command cannot do with it. */
static struct index *open_index(const char *file, const struct command *command)
{
    size_t size = 0;
    struct index *index = NULL;
    char *text = NULL;
    enum file_trouble trouble = command->waits ? file_wait(file) : FILE_FINE;

    if (trouble == FILE_FINE)
        text = file_read(file, &size, &trouble);
    int error = errno;
    if (trouble == FILE_FINE) {
        index = index_new(text, size, file, NULL);
        error = ENOMEM;
        trouble = trouble_in(index, command);
    }
    if (trouble == FILE_FINE)
        return index;
    index_free(index);
    complain_of_file(file, trouble, error);
    return NULL;
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
        command_complain(out_of_memory);
        good = false;
    }
    buf_free(out);
    return good;
}

int command_run(const char *file, int argc, char *argv[])
{
    const struct command *command = find_command(argv[0]);
    struct buf out = { 0 };

    if (command == NULL) {
        (void)fprintf(stderr, "mta-sts: %s: there is no such command; \"mta-sts -h\" lists them\n", argv[0]);
        return COMMAND_USAGE;
    }
    ini_init();
    struct index *index = open_index(file, command);
    if (index == NULL)
        return COMMAND_WRONG;
    int status = command->run(index, argc, argv, &out);
    if (status == COMMAND_USAGE)
        print_usage(command->name);
    if (!finish(&out))
        status = COMMAND_WRONG;
    index_free(index);
    return status;
}
