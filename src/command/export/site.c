#include "command/export/site.h"

#include "base/buf.h"
#include "command/export/folder.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

enum { FILES = 2 };

/* HOST stands for the policy host in a text. */
struct site {
    const char *name;
    struct {
        const char *name, *text;
    } files[FILES];
};

/* GitHub would leave out .well-known without .nojekyll, and serves the name in CNAME. The headers are those of policy/reply.c. */
static const struct site sites[] = {
    { "github-pages", { { ".nojekyll", "" }, { "CNAME", "HOST\n" } } },
    { "cloudflare-pages",
      { { "_headers", "/.well-known/mta-sts.txt\n"
                      "  Content-Type: text/plain; charset=utf-8\n"
                      "  Cache-Control: max-age=60\n"
                      "  X-Content-Type-Options: nosniff\n" } } },
};

enum { SITES = sizeof sites / sizeof *sites };

const struct site *site_find(const char *name)
{
    for (size_t i = 0; i < SITES; i++)
        if (strcmp(sites[i].name, name) == 0)
            return &sites[i];
    return NULL;
}

void site_names(struct buf *out)
{
    for (size_t i = 0; i < SITES; i++)
        buf_print(out, "%s%s", i == 0 ? "" : ", ", sites[i].name);
}

static void print_text(const char *text, const char *host, struct buf *out)
{
    const char *mark = strstr(text, "HOST");

    if (mark == NULL)
        buf_print(out, "%s", text);
    else
        buf_print(out, "%.*s%s%s", (int)(mark - text), text, host, mark + strlen("HOST"));
}

/* Writes the file where it is not there, or empty. */
static bool write_missing(int at, const char *name, const struct buf *text)
{
    struct buf before = { 0 };
    bool good = folder_read(at, name, &before) && !before.failed && !text->failed;

    if (good && before.len == 0)
        good = folder_write(at, name, text->text, text->len);
    else if (before.failed || text->failed)
        errno = ENOMEM;
    buf_free(&before);
    return good;
}

bool site_write(const struct site *site, int at, const char *host, const char **name)
{
    bool good = true;

    for (size_t i = 0; good && i < FILES && site->files[i].name != NULL; i++) {
        struct buf text = { 0 };
        *name = site->files[i].name;
        print_text(site->files[i].text, host, &text);
        good = write_missing(at, *name, &text);
        int error = errno;
        buf_free(&text);
        errno = error;
    }
    return good;
}

static void remove_file(int at, const char *name, const char *text, const char *host)
{
    struct buf ours = { 0 }, theirs = { 0 };

    print_text(text, host, &ours);
    bool same = folder_read(at, name, &theirs) && !ours.failed && !theirs.failed && ours.len == theirs.len &&
                (ours.len == 0 || memcmp(ours.text, theirs.text, ours.len) == 0);
    /* What cannot be removed keeps its folder. */
    if (same)
        (void)folder_remove(at, name);
    buf_free(&ours);
    buf_free(&theirs);
}

void site_remove(int at, const char *host)
{
    for (size_t i = 0; i < SITES; i++)
        for (size_t j = 0; j < FILES && sites[i].files[j].name != NULL; j++)
            remove_file(at, sites[i].files[j].name, sites[i].files[j].text, host);
}
