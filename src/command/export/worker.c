#include "command/export/worker.h"

#include "base/buf.h"
#include "command/export/folder.h"
#include "command/export/job.h"
#include "config/index.h"
#include "config/verdict.h"
#include "policy/domain.h"
#include "policy/reply.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* worker.js as a string, made by make. A name such as __OTHER__ in it is replaced here. */
extern const char worker_js[];

/* TEXT as a JavaScript string between QUOTEs. It holds only printable ASCII without quotes, and line ends. */
static void print_js(struct buf *out, const char *text, size_t len, char quote)
{
    buf_add(out, &quote, 1);
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '\r' || text[i] == '\n')
            buf_add(out, text[i] == '\r' ? "\\r" : "\\n", 2);
        else
            buf_add(out, &text[i], 1);
    }
    buf_add(out, &quote, 1);
}

/* The policy as a string; null for a mistake, which is reported; undefined where there is none. */
static void print_policy(struct job *job, struct buf *out, const struct index_verdict *verdict, const char *broken)
{
    if (broken != NULL)
        job_fail(job, broken);
    if (verdict != NULL)
        print_js(out, verdict->bytes, verdict->len, '"');
    else
        buf_print(out, "%s", broken != NULL ? "null" : "undefined");
}

static void print_domains(struct job *job, struct buf *out)
{
    char domain[DOMAIN_MAX + 1];
    const char *broken;

    for (size_t at = 0; !job->stopped && index_next_domain(job->index, &at, domain);) {
        if (strcmp(domain, "*") == 0)
            continue;
        const struct index_verdict *verdict = job_policy(job, domain, &broken);
        buf_print(out, "    [\"%s\", ", domain);
        print_policy(job, out, verdict, broken);
        buf_print(out, "],\n");
    }
}

static void print_others(struct job *job, struct buf *out)
{
    const char *broken;
    const struct index_verdict *verdict = job_policy_of_others(job, &broken);

    print_policy(job, out, verdict, broken);
}

/* Copies the module from FROM up to MARK. Returns what follows MARK. */
static const char *copy_to(struct buf *out, const char *from, const char *mark)
{
    const char *at = strstr(from, mark);

    if (at == NULL)
        return from;
    buf_add(out, from, (size_t)(at - from));
    return at + strlen(mark);
}

void worker_print(struct job *job, struct buf *out)
{
    static const struct {
        const char *mark;
        enum reply_kind kind;
    } texts[] = {
        { "__METHOD__", REPLY_METHOD },
        { "__NO_HOST__", REPLY_NO_HOST },
        { "__ABSENT__", REPLY_ABSENT },
        { "__BROKEN__", REPLY_BROKEN },
    };
    const struct reply_request request = { "GET", NULL, NULL };
    struct reply reply;

    const char *at = copy_to(out, worker_js, "    __POLICIES__,\n");
    print_domains(job, out);
    if (job->stopped)
        return;
    at = copy_to(out, at, "__OTHER__");
    print_others(job, out);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        at = copy_to(out, at, texts[i].mark);
        reply_make(texts[i].kind, &request, "${domain}", NULL, 0, &reply);
        print_js(out, reply.body, reply.body_len, '`');
    }
    buf_add(out, at, strlen(at));
}

/* Opens the folder of FILE; *NAME is the name of FILE in it. -1 with errno. */
static int open_folder_of(const char *file, const char **name)
{
    const char *slash = strrchr(file, '/');

    *name = slash == NULL ? file : slash[1] != '\0' ? slash + 1 : ".";
    char *folder = slash != NULL ? strndup(file, (size_t)(slash + 1 - file)) : strdup(".");
    int fd = folder != NULL ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    int error = errno;
    free(folder);
    errno = error;
    return fd;
}

const char worker_other[] = "is not what an earlier export wrote; remove it, or export elsewhere";

bool worker_is_other(int folder, const char *name)
{
    return folder_has_other(folder, name, worker_js, strcspn(worker_js, "\n"));
}

static void write_worker(struct job *job, const char *file, const struct buf *text)
{
    const char *name;
    struct buf why = { 0 };
    mode_t mask = umask(0);
    int folder = open_folder_of(file, &name);

    if (folder >= 0 && worker_is_other(folder, name)) {
        buf_print(&why, "%s: %s", file, worker_other);
        job_fail_because(job, &why, true);
    } else if (folder < 0 || !folder_write(folder, name, text->text, text->len)) {
        int error = errno;
        buf_print(&why, "%s", file);
        if (folder < 0 || !folder_print_obstacle(folder, name, false, &why))
            buf_print(&why, ": cannot be written: %s", strerror(error));
        job_fail_because(job, &why, true);
    }
    if (folder >= 0)
        (void)close(folder);
    (void)umask(mask);
}

void worker_export(struct job *job, const char *file)
{
    struct buf out = { 0 };

    worker_print(job, &out);
    if (out.failed && !job->stopped)
        job_fail_for_memory(job);
    if (!job->stopped)
        write_worker(job, file, &out);
    buf_free(&out);
}
