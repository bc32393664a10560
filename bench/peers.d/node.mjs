// node.mjs POLICIES PORT: policies by host in a map, from a JSON file, over Node's own HTTP server.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";

const policies = new Map(Object.entries(JSON.parse(readFileSync(process.argv[2], "utf8"))));

createServer((request, response) => {
    const policy = policies.get(request.headers.host);
    const body = policy ?? "no policy\n";
    response.writeHead(policy === undefined ? 404 : 200, {
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Length": Buffer.byteLength(body),
        "Cache-Control": "max-age=60",
    });
    response.end(body);
}).listen(Number(process.argv[3]), "127.0.0.1");
