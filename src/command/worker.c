#include "command/worker.h"

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

static void print_answer(struct buf *out, const struct worker_answer *answer)
{
    if (answer->kind == REPLY_POLICY)
        print_js(out, answer->policy, answer->len, '"');
    else
        buf_print(out, "%s", answer->kind == REPLY_ABSENT ? "undefined" : "null");
}

void worker_begin(struct buf *out)
{
    buf_add(out, text_begin, sizeof text_begin - 1);
}

void worker_add(struct buf *out, const char *domain, const struct worker_answer *answer)
{
    buf_print(out, "    [\"%s\", ", domain);
    print_answer(out, answer);
    buf_print(out, "],\n");
}

void worker_end(struct buf *out, const struct worker_answer *other)
{
    buf_add(out, text_other, sizeof text_other - 1);
    print_answer(out, other);
    buf_print(out, ";\n\n");
    print_texts(out);
    buf_add(out, text_end, sizeof text_end - 1);
}
