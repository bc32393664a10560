#!/usr/bin/env python3
"""answers.py PROGRAM POLICIES PORT <REQUESTS: sends each request, a line of method and host, to a server on PORT of 127.0.0.1, and to the program as a CGI.
Fails where an answer is not the program's: status, body, and the headers that the program sets. Prints how many were compared."""
import http.client
import os
import subprocess
import sys

HEADERS = ("content-type", "content-length", "cache-control", "x-content-type-options", "allow")
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("LISTEN_")}


def of_the_program(program, policies, method, host):
    env = {**ENVIRONMENT, "MTA_STS_POLICIES": policies, "REQUEST_METHOD": method, "HTTP_HOST": host}
    out = subprocess.run([program], env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout
    head, body = out.split(b"\r\n\r\n", 1)
    fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
    return int(fields.pop("Status").split()[0]), {name.lower(): value for name, value in fields.items() if name.lower() in HEADERS}, body


def of_the_server(port, method, host):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request(method, "/.well-known/mta-sts.txt", headers={"Host": host})
    reply = connection.getresponse()
    body = reply.read()
    connection.close()
    return reply.status, {name: reply.headers[name] for name in HEADERS if reply.headers[name] is not None}, body


def main():
    program, policies, port = sys.argv[1:]
    compared = wrong = 0
    for line in sys.stdin:
        method, host = line.split()
        ours, theirs = of_the_program(program, policies, method, host), of_the_server(int(port), method, host)
        compared += 1
        if ours != theirs:
            wrong += 1
            print(f"{method} {host}: {theirs}, the program: {ours}")
    print(f"{compared} compared, {wrong} differ")
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main()
