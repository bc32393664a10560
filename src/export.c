#include "export.h"

#include "buf.h"
#include "file.h"
#include "reply.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char manifest_name[] = ".mta-sts-export";

struct job {
    struct index *index;
    const char *folder;
    export_say *say;
    bool failed;       /* something was said */
    bool cannot_write; /* and there is no use in going on */
};

__attribute__((format(printf, 2, 3))) static void fail(struct job *job, const char *format, ...)
{
    char text[1024];
    va_list args;

    va_start(args, format);
    int n = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    job->failed = true;
    if (n >= 0)
        job->say(text);
}

/* Of what is not known nothing is written: no file, and no list of them. */
static void fail_for_memory(struct job *job)
{
    job->cannot_write = true;
    fail(job, "out of memory");
}

static void fail_to_write(struct job *job, const char *path)
{
    int error = errno;

    job->cannot_write = true;
    fail(job, "%s: cannot be written: %s", path, strerror(error));
}

/* --- files --- */

/* Whoever reads PATH finds the old file or the new one, whole. False with errno. */
static bool write_beside(const char *path, const char *bytes, size_t len)
{
    struct buf beside = { 0 };

    buf_print(&beside, "%s.tmp", path);
    if (beside.failed || beside.text == NULL) {
        errno = ENOMEM;
        return false;
    }
    int fd = open(beside.text, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    bool good = fd >= 0 && file_write(fd, bytes, len);
    int error = errno;
    if (fd >= 0 && close(fd) != 0 && good) {
        good = false;
        error = errno;
    }
    if (good && rename(beside.text, path) != 0) {
        good = false;
        error = errno;
    }
    if (!good && fd >= 0)
        (void)unlink(beside.text);
    buf_free(&beside);
    errno = error;
    return good;
}

static bool make_folder(const char *path)
{
    return mkdir(path, 0755) == 0 || errno == EEXIST;
}

/* FOLDER/<policy host>REST. False with errno. */
static bool path_of(const struct job *job, const char *domain, const char *rest, struct buf *path)
{
    path->len = 0;
    buf_print(path, "%s/" DOMAIN_POLICY_HOST_PREFIX "%s%s", job->folder, domain, rest);
    if (path->failed)
        errno = ENOMEM;
    return !path->failed;
}

/* --- the tree --- */

static void write_policy(struct job *job, const char *domain, const struct index_verdict *verdict)
{
    struct buf path = { 0 };

    if (!path_of(job, domain, "", &path) || !make_folder(path.text) || !path_of(job, domain, "/.well-known", &path) ||
        !make_folder(path.text) || !path_of(job, domain, "/.well-known/mta-sts.txt", &path) ||
        !write_beside(path.text, verdict->bytes, verdict->len))
        fail_to_write(job, path.failed ? domain : path.text);
    buf_free(&path);
}

/* False, and said why, where it is still there. */
static bool remove_policy(struct job *job, const char *domain)
{
    struct buf path = { 0 };
    bool good = path_of(job, domain, "/.well-known/mta-sts.txt", &path) && (unlink(path.text) == 0 || errno == ENOENT);

    if (!good)
        fail(job, "%s: cannot be removed: %s", path.failed ? domain : path.text, strerror(errno));
    /* Where somebody else keeps files there, the folders stay. */
    if (good && path_of(job, domain, "/.well-known", &path))
        (void)rmdir(path.text);
    if (good && path_of(job, domain, "", &path))
        (void)rmdir(path.text);
    buf_free(&path);
    return good;
}

/* The policy of a domain that the file names, or NULL; *BROKEN is its mistake, or NULL. Where memory ran out, JOB is not to go
 * on. */
static const struct index_verdict *policy_of(struct job *job, const char *domain, const char **broken)
{
    const struct index_verdict *verdict = NULL;

    *broken = NULL;
    if (!index_names(job->index, domain))
        return NULL;
    if (!index_find(job->index, domain, &verdict))
        fail_for_memory(job);
    if (verdict != NULL && verdict->found == INDEX_BROKEN)
        *broken = verdict->bytes;
    return *broken == NULL ? verdict : NULL;
}

static void read_manifest(struct job *job, struct buf *manifest)
{
    struct buf path = { 0 };
    char bytes[4096];
    ssize_t n;

    buf_print(&path, "%s/%s", job->folder, manifest_name);
    int fd = path.failed ? -1 : open(path.text, O_RDONLY | O_CLOEXEC);
    bool good = fd >= 0 || path.failed || errno == ENOENT;
    while (fd >= 0 && (n = read(fd, bytes, sizeof bytes)) != 0) {
        good = n > 0;
        if (!good)
            break;
        buf_add(manifest, bytes, (size_t)n);
    }
    /* Without the list of what an earlier export wrote, that would never be removed. */
    if (!good) {
        fail(job, "%s cannot be read: %s", path.text, strerror(errno));
        job->cannot_write = true;
    }
    if (fd >= 0)
        (void)close(fd);
    if (path.failed || manifest->failed)
        fail_for_memory(job);
    buf_free(&path);
}

static void write_manifest(struct job *job, const struct buf *hosts)
{
    struct buf path = { 0 };

    if (job->cannot_write)
        return;
    buf_print(&path, "%s/%s", job->folder, manifest_name);
    if (hosts->failed || path.failed)
        fail_for_memory(job);
    else if (!write_beside(path.text, hosts->text != NULL ? hosts->text : "", hosts->len))
        fail_to_write(job, path.text);
    buf_free(&path);
}

/* The next policy host of the manifest, as its domain; whatever else a line holds was not written by an job. */
static bool next_written(const struct buf *manifest, size_t *at, char domain[DOMAIN_MAX + 1])
{
    char line[DOMAIN_MAX + 2];

    while (*at < manifest->len) {
        size_t len = strcspn(manifest->text + *at, "\n");
        (void)snprintf(line, sizeof line, "%.*s", (int)(len < sizeof line ? len : sizeof line - 1), manifest->text + *at);
        *at += len + 1;
        if (len < sizeof line && domain_from_host(line, domain))
            return true;
    }
    return false;
}

/* Tells of a policy whose domain is no longer in the file. */
static void tell_stale(struct job *job, const char *domain, bool remove)
{
    struct buf text = { 0 };

    buf_print(&text, "%s/mta-sts.%s: no longer in policies.ini; %s", job->folder, domain,
              remove ? "removed" : "--delete removes it");
    if (text.failed)
        fail_for_memory(job);
    else
        job->say(text.text);
    buf_free(&text);
}

/* What an earlier export wrote and this one does not: adds to KEPT what stays there. With TELL, names what is stale, and with
 * REMOVE removes it. */
static void visit_old(struct job *job, const struct buf *manifest, bool tell, bool remove, struct buf *kept)
{
    char domain[DOMAIN_MAX + 1];
    const char *broken;

    for (size_t at = 0; !job->cannot_write && next_written(manifest, &at, domain);) {
        if (policy_of(job, domain, &broken) != NULL)
            continue;
        bool stale = tell && !index_names(job->index, domain), removed = stale && remove && remove_policy(job, domain);
        if (stale && (removed || !remove))
            tell_stale(job, domain, removed);
        if (!removed)
            buf_print(kept, DOMAIN_POLICY_HOST_PREFIX "%s\n", domain);
    }
}

/* Calls WRITE, which may be NULL, for each domain with a policy, and adds its policy host to HOSTS; says what is wrong with the
 * others. */
static void visit_new(struct job *job, bool write, struct buf *hosts)
{
    char domain[DOMAIN_MAX + 1];
    const char *broken;

    for (size_t at = 0; !job->cannot_write && index_next_domain(job->index, &at, domain);) {
        if (strcmp(domain, "*") == 0)
            continue; /* files are for names */
        const struct index_verdict *verdict = policy_of(job, domain, &broken);
        if (broken != NULL && write)
            fail(job, "%s", broken);
        if (verdict == NULL)
            continue;
        buf_print(hosts, DOMAIN_POLICY_HOST_PREFIX "%s\n", domain);
        if (write)
            write_policy(job, domain, verdict);
    }
}

bool export_tree(struct index *index, const char *folder, bool remove, export_say *say)
{
    struct job job = { index, folder, say, false, false };
    struct buf before = { 0 }, after = { 0 };

    if (!make_folder(folder)) {
        fail_to_write(&job, folder);
        return false;
    }
    read_manifest(&job, &before);
    /* What is going to be written is listed before it is: who ends this in the middle loses track of nothing. */
    visit_new(&job, false, &after);
    visit_old(&job, &before, false, false, &after);
    write_manifest(&job, &after);
    buf_free(&after);
    visit_new(&job, true, &after);
    visit_old(&job, &before, true, remove, &after);
    write_manifest(&job, &after);
    buf_free(&before);
    buf_free(&after);
    return !job.failed;
}

/* --- the Worker --- */

static const char worker_begin[] =
    "// MTA-STS policies (RFC 8461) as a Cloudflare Worker, made by \"mta-sts export --worker\".\n"
    "// Do not edit: edit policies.ini and make it anew. Route mta-sts.<domain>/.well-known/mta-sts.txt of each domain here.\n"
    "\n"
    "// Domain to policy; null where there is a mistake in policies.ini.\n"
    "const policies = new Map([\n";

static const char worker_end[] =
    "// The domain of a policy host, or null: mta-sts.<valid name>, of any case, with or without a final dot.\n"
    "function domainOf(host) {\n"
    "    const name = host.toLowerCase().replace(/\\.$/, \"\");\n"
    "    const label = \"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\";\n"
    "    const match = new RegExp(`^mta-sts\\\\.((?:${label}\\\\.)*(?![0-9]+$)${label})$`).exec(name);\n"
    "    return match !== null && name.length <= 253 ? match[1] : null;\n"
    "}\n"
    "\n"
    "function answer(request, status, text, more) {\n"
    "    const body = new TextEncoder().encode(text);\n"
    "    const headers = {\n"
    "        \"Content-Type\": \"text/plain; charset=utf-8\",\n"
    "        \"Content-Length\": String(body.length),\n"
    "        \"Cache-Control\": status === 200 ? \"max-age=60\" : \"no-store\",\n"
    "        \"X-Content-Type-Options\": \"nosniff\",\n"
    "        ...more,\n"
    "    };\n"
    "    return new Response(request.method === \"HEAD\" ? null : body, { status, headers });\n"
    "}\n"
    "\n"
    "export default {\n"
    "    async fetch(request) {\n"
    "        if (request.method !== \"GET\" && request.method !== \"HEAD\")\n"
    "            return answer(request, 405, texts.method, { \"Allow\": \"GET, HEAD\" });\n"
    "        const domain = domainOf(new URL(request.url).hostname);\n"
    "        if (domain === null)\n"
    "            return answer(request, 404, texts.noHost);\n"
    "        const policy = policies.has(domain) ? policies.get(domain) : domain.includes(\".\") ? other : undefined;\n"
    "        if (policy === undefined)\n"
    "            return answer(request, 404, texts.absent(domain));\n"
    "        return policy === null ? answer(request, 500, texts.broken(domain)) : answer(request, 200, policy);\n"
    "    },\n"
    "};\n";

/* TEXT as a JavaScript string between QUOTEs: what is exported holds printable ASCII and line ends only. */
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

/* The texts of the other answers, from where the program has them. */
static void print_texts(struct buf *out)
{
    static const struct {
        const char *name;
        enum reply_kind kind;
    } texts[] = {
        { "method: ", REPLY_METHOD },
        { "noHost: ", REPLY_NO_HOST },
        { "absent: (domain) => ", REPLY_ABSENT },
        { "broken: (domain) => ", REPLY_BROKEN },
    };
    const struct reply_request request = { "GET", NULL, NULL };
    struct reply reply;

    buf_print(out, "const texts = {\n");
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        reply_make(texts[i].kind, &request, "${domain}", NULL, 0, &reply);
        buf_print(out, "    %s", texts[i].name);
        print_js(out, reply.body, reply.body_len, '`');
        buf_print(out, ",\n");
    }
    buf_print(out, "};\n\n");
}

static void print_policy(struct job *job, const char *domain, struct buf *out)
{
    const char *broken;
    const struct index_verdict *verdict = policy_of(job, domain, &broken);

    if (broken != NULL)
        fail(job, "%s", broken);
    if (verdict != NULL)
        print_js(out, verdict->bytes, verdict->len, '"');
    else
        buf_print(out, "null");
}

bool export_worker(struct index *index, const char *file, export_say *say)
{
    struct job job = { index, NULL, say, false, false };
    struct buf out = { 0 };
    char domain[DOMAIN_MAX + 1];

    buf_add(&out, worker_begin, sizeof worker_begin - 1);
    for (size_t at = 0; !job.cannot_write && index_next_domain(index, &at, domain);) {
        if (strcmp(domain, "*") == 0)
            continue;
        buf_print(&out, "    [\"%s\", ", domain);
        print_policy(&job, domain, &out);
        buf_print(&out, "],\n");
    }
    buf_print(&out, "]);\n\n// The policy of every other domain: that of [*], if there is one.\nconst other = ");
    if (index_names(index, "*"))
        print_policy(&job, "*", &out);
    else
        buf_print(&out, "undefined");
    buf_print(&out, ";\n\n");
    print_texts(&out);
    buf_add(&out, worker_end, sizeof worker_end - 1);
    if (out.failed && !job.cannot_write)
        fail_for_memory(&job);
    if (!job.cannot_write && !write_beside(file, out.text, out.len))
        fail_to_write(&job, file);
    buf_free(&out);
    return !job.failed;
}
