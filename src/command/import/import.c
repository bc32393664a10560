#include "command/import/import.h"

#include "base/buf.h"
#include "base/file.h"
#include "base/say.h"
#include "command/import/walk.h"
#include "config/index.h"
#include "import/catalogue.h"
#include "import/reading.h"
#include "import/write.h"
#include "policy/argument.h"
#include "policy/domain.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { ALL, NOT_ALL, USAGE };

/* Reads the value of --domain. */
static bool read_domain(const char *text, char domain[DOMAIN_MAX + 1])
{
    struct buf why = { 0 };

    if (argument_domain(text, domain, &why))
        return true;
    say_complain(why.failed || why.text == NULL ? "out of memory" : why.text);
    buf_free(&why);
    return false;
}

/* Moves the files to the beginning of ARGV, and returns how many there are; 0 if the arguments are wrong. */
static int read_arguments(int argc, char *argv[], char domain[DOMAIN_MAX + 1])
{
    int files = 0;

    domain[0] = '\0';
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--domain") == 0) {
            i++;
            if (i == argc || !read_domain(argv[i], domain))
                return 0;
        } else if (argv[i][0] == '\0' || (argv[i][0] == '-' && argv[i][1] != '\0')) {
            return 0;
        } else {
            argv[files++] = argv[i];
        }
    }
    return files;
}

/* The lines above this one may be many. */
static void count_comments(const struct catalogue *catalogue)
{
    size_t taken = 0;

    for (size_t i = 0; i < catalogue->domain_count; i++)
        taken += catalogue->domains[i].verdict == CATALOGUE_TAKEN;
    if (taken < catalogue->domain_count)
        say(say_complain, "%zu of %zu domains imported; the others are comments in the output, each with its reason", taken,
            catalogue->domain_count);
}

int import_command(struct index *index, int argc, char *argv[], struct buf *out)
{
    char domain[DOMAIN_MAX + 1];
    const int files = read_arguments(argc, argv, domain);
    struct import_job job = { .domain = domain[0] != '\0' ? domain : NULL, .complain = say_complain };

    (void)index;
    if (files == 0)
        return USAGE;
    for (int i = 0; i < files; i++)
        walk_import(&job, argv[i]);
    bool is_complete = import_settle(&job);
    if (!job.catalogue.failed) {
        import_write(&job.catalogue, file_is_added_to(STDOUT_FILENO), out);
        count_comments(&job.catalogue);
    }
    out->failed |= job.catalogue.failed;
    catalogue_free(&job.catalogue);
    return is_complete ? ALL : NOT_ALL;
}
