/* For realpath(). */
#define _XOPEN_SOURCE 700 // NOLINT(bugprone-reserved-identifier)

#include "command/import/walk.h"

#include "base/buf.h"
#include "base/folder.h"
#include "command/import/input.h"
#include "import/name.h"
#include "import/reading.h"
#include "import/source/source.h"
#include "policy/domain.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char sites_available[] = "sites-available", sites_enabled[] = "sites-enabled";

struct walk {
    struct import_job *job;
    const char *root; /* the folder that the user named, without symbolic links */
    struct folder folder;
    struct buf content;
    bool is_stdin;
    bool is_in_link; /* below a symbolic link to a folder: no further one is followed */
    size_t found;    /* sources */
};

static void refuse(void *to, const char *what, int error)
{
    struct walk *w = to;
    struct buf why = { 0 };

    buf_print(&why, error != 0 ? "%s: %s" : "%s", what, strerror(error));
    if (!why.failed)
        import_refuse(w->job, w->folder.path.text, 0, why.text);
    w->job->catalogue.failed |= why.failed;
    buf_free(&why);
}

/* --- files --- */

/* The file CNAME of a copied site may still have the name of the one that it was copied from. */
static void warn_of_other_host(struct walk *w, const char *domain)
{
    char other[DOMAIN_MAX + 1];
    struct buf text = { 0 };

    if (!import_name_from_host_path(w->folder.path.text, other) || strcmp(other, domain) == 0)
        return;
    buf_print(&text, "the file CNAME names this domain, but the folder is mta-sts.%s; correct CNAME, or rename the folder",
              other);
    if (!text.failed)
        import_warn(w->job, w->folder.path.text, domain, text.text);
    w->job->catalogue.failed |= text.failed;
    buf_free(&text);
}

/* Takes the content that was read. NAMED: the user named it; others need not have a policy. */
static void take(struct walk *w, enum source_kind kind, bool named)
{
    struct import_source source = { w->folder.path.text, w->content.text, w->content.len, NULL, false };
    char domain[DOMAIN_MAX + 1];

    w->job->catalogue.failed |= w->content.failed;
    if (w->content.failed)
        return;
    source.may_be_empty = kind != SOURCE_POLICY && !named && strstr(w->content.text, "STSv1") == NULL;
    /* A server of a policy host may have a policy without its version, or in a file. */
    if (source.may_be_empty && (kind != SOURCE_NGINX || strstr(w->content.text, DOMAIN_POLICY_HOST_PREFIX) == NULL))
        return;
    w->found++;
    if (kind != SOURCE_SCRIPT && kind != SOURCE_NGINX && !w->is_stdin &&
        input_domain(w->folder.path.text, domain, &w->job->catalogue.failed)) {
        source.domain = domain;
        warn_of_other_host(w, domain);
    }
    source_import(w->job, &source, kind);
}

static void read_file(struct walk *w, int at, const char *name, enum source_kind kind, bool named)
{
    const char *why;

    errno = 0;
    w->content.len = 0;
    if (input_read_file(at, name, kind == SOURCE_POLICY ? INPUT_POLICY : INPUT_ANY, &w->content, &why))
        take(w, kind, named);
    else if (named || kind == SOURCE_POLICY || errno != 0)
        refuse(w, why, errno);
}

/* --- folders --- */

static const char leads_nowhere[] = "is a symbolic link that leads nowhere",
                  leads_out[] = "is a symbolic link that leads out of the folder; name its target itself";

/* Where there are sites that are enabled, the others are not in use. */
static bool wants(const struct folder_names *names, const char *name)
{
    if (name[0] == '.')
        return strcmp(name, ".well-known") == 0;
    return strcmp(name, "node_modules") != 0 && (strcmp(name, sites_available) != 0 || !folder_has(names, sites_enabled));
}

/* Is PATH that of a file in a folder of which all files are configurations of nginx? */
static bool is_for_nginx(const char *path)
{
    static const char *const folders[] = { sites_available, sites_enabled, "vhosts" };
    const char *end = strrchr(path, '/');

    while (end != NULL && end > path && end[-1] == '/')
        end--;
    for (size_t i = 0; end != NULL && i < sizeof folders / sizeof *folders; i++) {
        size_t len = strlen(folders[i]);
        const char *name = (size_t)(end - path) >= len ? end - len : NULL;
        if (name != NULL && memcmp(name, folders[i], len) == 0 && (name == path || name[-1] == '/'))
            return true;
    }
    return false;
}

/* Is the path REAL, without symbolic links, below the folder that the user named, or that folder? NULL is not. */
static bool is_below_root(const struct walk *w, const char *real)
{
    size_t len = strlen(w->root);

    return real != NULL && strncmp(real, w->root, len) == 0 &&
           (real[len] == '/' || real[len] == '\0' || strcmp(w->root, "/") == 0);
}

/* A symbolic link is read as a file if it leads to one in the folder that the user named. */
static void read_link(struct walk *w, enum source_kind kind)
{
    char *real = realpath(w->folder.path.text, NULL);

    if (is_below_root(w, real)) {
        const char *why;
        errno = 0;
        w->content.len = 0;
        if (input_read_file(AT_FDCWD, real, kind == SOURCE_POLICY ? INPUT_POLICY : INPUT_ANY, &w->content, &why))
            take(w, kind, false);
        else if (kind == SOURCE_POLICY)
            refuse(w, why, errno);
    } else if (kind != SOURCE_SCRIPT) {
        refuse(w, real == NULL ? leads_nowhere : leads_out, 0);
    }
    free(real);
}

/* A symbolic link to a folder of the same tree is another host with the same policy, if it has the name of a host. */
static void follow_link(struct walk *w, const char *name)
{
    char domain[DOMAIN_MAX + 1];
    char *real = import_name(name, strlen(name), domain) && !w->is_in_link ? realpath(w->folder.path.text, NULL) : NULL;
    int fd = real != NULL ? open(real, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;

    if (fd >= 0 && is_below_root(w, real)) {
        w->is_in_link = true;
        folder_walk(&w->folder, fd);
        w->is_in_link = false;
    } else if (fd >= 0) {
        refuse(w, leads_out, 0);
        (void)close(fd);
    }
    free(real);
}

static void visit_folder(struct walk *w, int at, const char *name)
{
    int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

    if (fd >= 0)
        folder_walk(&w->folder, fd);
    else if (errno == ENOTDIR || errno == ELOOP)
        follow_link(w, name);
    else if (errno != ENOENT)
        refuse(w, "cannot be read", errno);
}

static void visit(void *to, int at, const char *name)
{
    struct walk *w = to;
    enum source_kind kind = source_kind_of(name);
    struct stat st;

    if (kind == SOURCE_UNKNOWN && is_for_nginx(w->folder.path.text))
        kind = SOURCE_NGINX;
    if (kind == SOURCE_UNKNOWN || fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) != 0 || S_ISDIR(st.st_mode))
        visit_folder(w, at, name);
    else if (S_ISLNK(st.st_mode))
        read_link(w, kind);
    else
        read_file(w, at, name, kind, false);
}

static bool stops(void *to)
{
    const struct walk *w = to;

    return w->job->catalogue.failed;
}

static const struct folder_visitor visitor = { wants, visit, refuse, stops };

/* --- arguments --- */

static void import_folder(struct walk *w, int fd)
{
    char *root = realpath(w->folder.path.text, NULL);

    if (root == NULL) {
        refuse(w, "cannot be read", errno);
        (void)close(fd);
        return;
    }
    w->root = root;
    folder_walk(&w->folder, fd);
    w->job->catalogue.failed |= w->folder.failed;
    if (w->found == 0 && !w->job->catalogue.failed)
        refuse(w, "no policy is below this folder: no mta-sts.txt, no Worker, no configuration of nginx", 0);
    free(root);
}

static void import_stdin(struct walk *w)
{
    const char *why;

    w->folder.path.len = 0;
    buf_print(&w->folder.path, "standard input");
    w->is_stdin = true;
    if (w->folder.path.failed)
        return;
    errno = 0;
    if (input_read(STDIN_FILENO, INPUT_ANY, &w->content, &why))
        take(w, SOURCE_UNKNOWN, true);
    else
        refuse(w, why, errno);
}

void walk_import(struct import_job *job, const char *path)
{
    struct walk w = { .job = job, .folder = { .visitor = &visitor } };

    w.folder.to = &w;
    buf_print(&w.folder.path, "%s", path);
    buf_add(&w.content, "", 0);
    job->catalogue.failed |= w.folder.path.failed || w.content.failed;
    if (!job->catalogue.failed && strcmp(path, "-") == 0) {
        import_stdin(&w);
    } else if (!job->catalogue.failed) {
        int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd >= 0)
            import_folder(&w, fd);
        else
            read_file(&w, AT_FDCWD, path, source_kind_of(path), true);
    }
    job->catalogue.failed |= w.folder.path.failed || w.content.failed;
    buf_free(&w.folder.path);
    buf_free(&w.content);
}
