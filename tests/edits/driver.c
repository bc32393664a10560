/*
 * The store, driven by commands on standard input, for tests/edits/edits.py: a letter, a length of four bytes (the most
 * significant first), and as many bytes. Each answer, on standard output, is a letter, a length, and as many bytes, too.
 *
 * driver FILE: FILE is written over.
 */
#include "config/store.h"
#include "ini/lines.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct command {
    int letter;
    size_t len;
    char *bytes; /* ends in a NUL */
};

static const char *file;
static struct store *store;
static struct snapshot_answer answer;

static void fail(const char *what)
{
    perror(what);
    exit(2);
}

static void print_line(const char *line)
{
    (void)line;
}

static bool next(struct command *command)
{
    unsigned char len[4];

    command->letter = getchar();
    if (command->letter == EOF)
        return false;
    if (fread(len, 1, sizeof len, stdin) != sizeof len)
        fail("standard input");
    command->len = (size_t)len[0] << 24 | (size_t)len[1] << 16 | (size_t)len[2] << 8 | len[3];
    command->bytes = malloc(command->len + 1);
    if (command->bytes == NULL || fread(command->bytes, 1, command->len, stdin) != command->len)
        fail("standard input");
    command->bytes[command->len] = '\0';
    return true;
}

static void print(char letter, const char *bytes, size_t len)
{
    const unsigned char head[] = { (unsigned char)letter, (unsigned char)(len >> 24), (unsigned char)(len >> 16),
                                   (unsigned char)(len >> 8), (unsigned char)len };

    (void)fwrite(head, 1, sizeof head, stdout);
    (void)fwrite(bytes, 1, len, stdout);
}

/* The file was modified long ago: nobody waits for it to be left alone. */
static void write_file(const struct command *command)
{
    const struct timespec then[2] = { { 1000000000, 0 }, { 1000000000, 0 } };
    int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    if (fd < 0 || write(fd, command->bytes, command->len) != (ssize_t)command->len || futimens(fd, then) != 0 || close(fd) != 0)
        fail(file);
}

static void open_store(const struct command *command)
{
    (void)command;
    store_free(store);
    store = store_open(file, NULL, print_line);
}

static void refresh(const struct command *command)
{
    (void)command;
    if (store != NULL)
        (void)store_refresh(store);
}

static void ask_in(struct store *in, const char *domain)
{
    static const char letters[] = {
        [SNAPSHOT_POLICY] = 'p', [SNAPSHOT_ABSENT] = 'a', [SNAPSHOT_BROKEN] = 'b', [SNAPSHOT_FAILED] = 'f'
    };

    if (in == NULL) {
        print('c', "", 0);
        return;
    }
    store_find(in, domain, &answer);
    print(letters[answer.found], answer.bytes, answer.found == SNAPSHOT_ABSENT ? 0 : answer.len);
}

static void ask(const struct command *command)
{
    ask_in(store, command->bytes);
}

/* As a CGI process does. */
static void ask_alone(const struct command *command)
{
    struct store *alone = store_open(file, command->bytes, print_line);

    ask_in(alone, command->bytes);
    store_free(alone);
}

static const struct {
    char letter;
    void (*run)(const struct command *command);
} commands[] = {
    { 'w', write_file }, { 'o', open_store }, { 'r', refresh }, { 'a', ask }, { 'c', ask_alone },
};

static void run(const struct command *command)
{
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (commands[i].letter == command->letter) {
            commands[i].run(command);
            return;
        }
    fail("no such command");
}

int main(int argc, char **argv)
{
    struct command command;

    if (argc != 2)
        return 2;
    ini_init();
    file = argv[1];
    while (next(&command)) {
        run(&command);
        free(command.bytes);
    }
    store_free(store);
    return fflush(stdout) == 0 ? 0 : 2;
}
