#include "command/meant.h"

#include "base/near.h"
#include "policy/argument.h"
#include "policy/domain.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { FAR = 3 };

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

void meant_command(const char *word, meant_name_fn *names)
{
    char domain[DOMAIN_MAX + 1];
    const char *near = meant_nearest(word + strspn(word, "-"), names);

    if (near != NULL)
        (void)fprintf(stderr, "mta-sts: %s: unknown command; write \"mta-sts %s\"\n", word, near);
    else if (is_file(word))
        (void)fprintf(stderr, "mta-sts: %s: is a file; write \"mta-sts -f %s check\", or another command\n", word, word);
    else if (argument_meant(word, domain) != ARGUMENT_OTHER ||
             (strchr(word, '.') != NULL && domain_policy_fault(word, strlen(word)) == DOMAIN_FINE))
        (void)fprintf(stderr, "mta-sts: %s: is no command; write \"mta-sts show %s\", or another command\n", word, word);
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
