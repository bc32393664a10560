#include "command/worker.h"

#include "command/folder.h"
#include "policy/domain.h"
#include "policy/reply.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char text_begin[] =
    "// MTA-STS policies (RFC 8461) as a Cloudflare Worker, made by \"mta-sts export --worker\".\n"
    "// Do not edit: edit policies.ini and make it anew. Route mta-sts.<domain>/.well-known/mta-sts.txt of each domain here.\n"
    "\n"
    "// Domain to policy; null where there is a mistake in policies.ini.\n"
    "const policies = new Map([\n";

static const char text_other[] =
    "]);\n"
    "\n"
    "// The policy of every other domain: that of [*], if there is one; null where a header cannot be read.\n"
    "const other = ";

static const char text_end[] =
    "// The domain of a policy host, or null: mta-sts.<valid name>, of any case, with or without a final dot.\n"
    "function domainOf(host) {\n"
    "    const name = host.toLowerCase().replace(/\\.$/, \"\");\n"
    "    const label = \"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\";\n"
    "    const match = new RegExp(`^mta-sts\\\\.((?:${label}\\\\.)*(?![0-9]+$)${label})$`).exec(name);\n"
    "    return match !== null && match[1].length <= 242 ? match[1] : null;\n"
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

/* As the module has it: the policy; null for a mistake, which is reported; undefined for no policy. */
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

static void print_worker(struct job *job, struct buf *out)
{
    buf_add(out, text_begin, sizeof text_begin - 1);
    print_domains(job, out);
    if (job->stopped)
        return;
    buf_add(out, text_other, sizeof text_other - 1);
    print_others(job, out);
    buf_print(out, ";\n\n");
    print_texts(out);
    buf_add(out, text_end, sizeof text_end - 1);
}

/* The folder that FILE is to be in, or -1 with errno; *NAME is its name there. */
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

static void write_worker(struct job *job, const char *file, const struct buf *text)
{
    const char *name;
    struct buf why = { 0 };
    mode_t mask = umask(0);
    int folder = open_folder_of(file, &name);

    if (folder < 0 || !folder_write(folder, name, text->text, text->len)) {
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

    print_worker(job, &out);
    if (out.failed && !job->stopped)
        job_fail_for_memory(job);
    if (!job->stopped)
        write_worker(job, file, &out);
    buf_free(&out);
}
