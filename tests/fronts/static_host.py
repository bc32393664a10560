#!/usr/bin/env python3
"""static_host.py KIND ROOT PORT: serves ROOT on PORT of 127.0.0.1 by the rules of a static host.

github-pages: each folder in ROOT is a repository. Its CNAME is the name that it is served for; names with a dot need .nojekyll; the media type is that of the ending.
bucket FUNCTION: ROOT is what the aws of the tests wrote: objects, each with its media type. FUNCTION, of CloudFront, maps a request to an object.
bucket: the same with the rewrite rule for R2."""
import http.server
import json
import os
import subprocess
import sys

RUN = "%s; console.log(handler({ request: { uri: process.argv[1], headers: { host: { value: process.argv[2] } } } }).uri)"


def of_github(root, host, path):
    for repository in os.listdir(root):
        folder = os.path.join(root, repository)
        try:
            with open(os.path.join(folder, "CNAME"), encoding="ascii") as file:
                if file.read().strip() != host:
                    continue
        except (FileNotFoundError, NotADirectoryError):
            continue
        if "/." in path and not os.path.exists(os.path.join(folder, ".nojekyll")):
            return None
        with open(folder + path, "rb") as file:
            kind = "text/plain; charset=utf-8" if path.endswith(".txt") else "application/octet-stream"
            return file.read(), {"Content-Type": kind, "Cache-Control": "max-age=600"}
    return None


def of_bucket(root, host, path, function=None):
    if function is None:
        key = "/" + host + path
    else:
        with open(function, encoding="ascii") as file:
            key = subprocess.run(["node", "-e", RUN % file.read(), path, host], stdout=subprocess.PIPE, check=True, text=True).stdout.strip()
    with open(root + "/objects.json", encoding="ascii") as file:
        headers = json.load(file).get(key[1:])
    if headers is None:
        return None
    with open(root + key, "rb") as file:
        return file.read(), {"Content-Type": headers.get("Content-Type", "binary/octet-stream"), **headers}


def main():
    kind, root, port, *rest = sys.argv[1:]
    find = {"github-pages": of_github, "bucket": of_bucket}[kind]

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            try:
                found = find(root, self.headers["Host"].split(":")[0], self.path, *rest)
            except FileNotFoundError:
                found = None
            body, headers = found or (b"<h1>Not found</h1>", {"Content-Type": "text/html"})
            self.send_response(200 if found else 404)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    http.server.ThreadingHTTPServer(("127.0.0.1", int(port)), Handler).serve_forever()


if __name__ == "__main__":
    main()
