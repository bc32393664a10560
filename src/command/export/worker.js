// MTA-STS policies (RFC 8461) as a Cloudflare Worker, made by "mta-sts export --worker".
// Do not edit: edit policies.ini and make it anew. Each policy host, mta-sts.<domain>, has to lead here.

// Domain to policy; null where there is a mistake in policies.ini.
const policies = new Map([
    __POLICIES__,
]);

// The policy of every other domain: that of [*], if there is one; null where a header cannot be read. {domain} in it stands for the
// domain that is asked for.
const other = __OTHER__;

const texts = {
    method: __METHOD__,
    noHost: __NO_HOST__,
    absent: (domain) => __ABSENT__,
    broken: (domain) => __BROKEN__,
};

// The domain of a policy host, or null: mta-sts.<valid name>, of any case, with or without a final dot.
function domainOf(host) {
    const name = host.toLowerCase().replace(/\.$/, "");
    const label = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
    const match = new RegExp(`^mta-sts\\.((?:${label}\\.)*(?![0-9]+$)${label})$`).exec(name);
    return match !== null && match[1].length <= 242 ? match[1] : null;
}

// POLICY with DOMAIN in place of {domain}; null where a host is then too long.
function fill(policy, domain) {
    if (typeof policy !== "string" || !policy.includes("{domain}"))
        return policy;
    const filled = policy.replaceAll("{domain}", domain);
    const hosts = [...filled.matchAll(/^mx: (?:\*\.)?(.*)\r$/gm)].map((match) => match[1]);
    const fits = hosts.every((host) => host.length <= 253 && host.split(".").every((label) => label.length <= 63));
    return fits && filled.length <= 65536 ? filled : null;
}

function answer(request, status, text, more) {
    const body = new TextEncoder().encode(text);
    const headers = {
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Length": String(body.length),
        "Cache-Control": status === 200 ? "max-age=60" : "no-store",
        "X-Content-Type-Options": "nosniff",
        ...more,
    };
    return new Response(request.method === "HEAD" ? null : body, { status, headers });
}

export default {
    async fetch(request) {
        if (request.method !== "GET" && request.method !== "HEAD")
            return answer(request, 405, texts.method, { "Allow": "GET, HEAD" });
        const domain = domainOf(new URL(request.url).hostname);
        if (domain === null)
            return answer(request, 404, texts.noHost);
        const policy = policies.has(domain) ? policies.get(domain) : domain.includes(".") ? fill(other, domain) : undefined;
        if (policy === undefined)
            return answer(request, 404, texts.absent(domain));
        return policy === null ? answer(request, 500, texts.broken(domain)) : answer(request, 200, policy);
    },
};
