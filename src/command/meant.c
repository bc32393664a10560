#include "command/meant.h"

#include "base/buf.h"
#include "base/near.h"
#include "policy/argument.h"
#include "policy/domain.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { FAR = 3, WORD_SHOWN = 255 };

const char *meant_nearest(const char *word, meant_name_fn *names)
{
    const char *found = NULL;
    size_t least = FAR;

    for (size_t i = 0; names(i) != NULL; i++) {
        size_t distance = near_distance(word, names(i));
        if (distance < least && distance * 2 <= strlen(names(i))) {
            least = distance;
            found = names(i);
        }
    }
    return found;
}

static bool is_file(const char *word)
{
    size_t len = strlen(word);

    return access(word, F_OK) == 0 || (len > 4 && strcmp(word + len - 4, ".ini") == 0);
}

/* Adds WORD as a shell takes it, safe for a terminal. */
static void add_shell_word(struct buf *line, const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@%+=:,./_-";
    const size_t len = strlen(word);

    if (len > 0 && strspn(word, plain) == len) {
        buf_add(line, word, len);
        return;
    }
    buf_print(line, "'");
    for (size_t i = 0, n; i < len; i += n + (word[i + n] == '\'')) {
        n = strcspn(word + i, "'");
        buf_add_shown(line, word + i, n, n);
        if (word[i + n] == '\'')
            buf_print(line, "'\\''");
    }
    buf_print(line, "'");
}

/* Complains of WORD, and prints the command line NAME with the COUNT arguments ARGS, on FILE if that is not NULL. */
static void advise(const char *word, const char *what, const char *file, const char *name, int count, char *const args[])
{
    struct buf line = { 0 };

    buf_print(&line, "mta-sts: ");
    buf_add_shown(&line, word, strlen(word), WORD_SHOWN);
    buf_print(&line, "%s; write \"mta-sts", what);
    if (file != NULL) {
        buf_print(&line, " -f ");
        add_shell_word(&line, file);
    }
    buf_print(&line, " %s", name);
    for (int i = 0; i < count; i++) {
        buf_print(&line, " ");
        add_shell_word(&line, args[i]);
    }
    if (!line.failed)
        (void)fprintf(stderr, "%s\"\n", line.text);
    buf_free(&line);
}

static bool is_command(const char *word, meant_name_fn *names)
{
    for (size_t i = 0; names(i) != NULL; i++)
        if (strcmp(word, names(i)) == 0)
            return true;
    return false;
}

static bool is_domain(const char *word)
{
    char domain[DOMAIN_MAX + 1];

    return argument_meant(word, domain) != ARGUMENT_OTHER ||
           (strchr(word, '.') != NULL && domain_policy_fault(word, strlen(word)) == DOMAIN_FINE);
}

void meant_command(const char *file, int argc, char *const argv[], meant_name_fn *names)
{
    const char *word = argv[0], *near = meant_nearest(word + strspn(word, "-"), names);
    bool is_before = argc > 1 && is_command(argv[1], names);

    if (near != NULL)
        advise(word, ": unknown command", file, near, argc - 1, argv + 1);
    else if (is_file(word))
        advise(word, ": is a file", word, is_before ? argv[1] : "check", is_before ? argc - 2 : 0, argv + 2);
    else if (is_domain(word))
        advise(word, ": is no command", file, is_before ? argv[1] : "show", 1, argv);
    else
        (void)fprintf(stderr, "mta-sts: %s: unknown %s; \"mta-sts -h\" lists the commands\n", word,
                      word[0] == '-' ? "option" : "command");
}

bool meant_has_option(const char *usage, const char *option)
{
    size_t len = strlen(option);

    for (const char *at = usage; (at = strstr(at, option)) != NULL; at++)
        if ((at == usage || strchr(" [|", at[-1]) != NULL) && (at[len] == '\0' || strchr(" ]|,:=;", at[len]) != NULL))
            return true;
    return false;
}
