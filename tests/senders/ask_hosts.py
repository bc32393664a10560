#!/usr/bin/env python3
"""ask_hosts.py CA HOST...: asks each policy host in turn, over a new connection, until SIGTERM. An answer that is not valid HTTPS, or not the
policy that is in HOST.txt at the start, is a line of standard output, and so is the number of answers at the end."""
import http.client
import signal
import ssl
import sys
import time

PATH = "/.well-known/mta-sts.txt"


def read(name):
    with open(name, "rb") as file:
        return file.read()


def fault(context, host, policy):
    """What is wrong with the answer of HOST, or None."""
    connection = http.client.HTTPSConnection(host, timeout=60, context=context)
    try:
        connection.request("GET", PATH)
        answer = connection.getresponse()
        body = answer.read()
    except (OSError, http.client.HTTPException) as error:
        return repr(error)
    finally:
        connection.close()
    return None if (answer.status, body) == (200, policy) else "%d %r" % (answer.status, body)


def main():
    context = ssl.create_default_context(cafile=sys.argv[1])
    policies = {host: read(host + ".txt") for host in sys.argv[2:]}
    ended, answers = [], 0
    signal.signal(signal.SIGTERM, lambda *_: ended.append(True))
    while not ended:
        for host, policy in policies.items():
            wrong = fault(context, host, policy)
            if wrong is not None:
                print("%.3f" % time.time(), host, wrong, flush=True)
            answers += 1
            time.sleep(0.01)
    print(answers, "answers")


main()
