#!/usr/bin/python3
"""https.py CERTIFICATE ODD SILENT PLAIN HOST=ANSWER...: faulty servers on port 443 of three addresses. ODD gives answers that are slow, hang, are cut off, contain
escape sequences or markup, or have a header without an end, depending on the host. SILENT begins no TLS handshake. PLAIN speaks no TLS."""
import socket
import ssl
import sys
import threading
import time

POLICY = b"version: STSv1\r\nmode: enforce\r\nmx: mail.%s\r\nmax_age: 604800\r\n"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n"
HANG = 60
has_slept = False


def quick(tls, policy):
    tls.sendall(HEAD % len(policy) + policy)


def slow(tls, policy):
    time.sleep(2.5)
    quick(tls, policy)


def once(tls, policy):
    """Slow for the first one who asks."""
    global has_slept
    first, has_slept = not has_slept, True
    (slow if first else quick)(tls, policy)


def hung(tls, policy):
    time.sleep(HANG)


def cut(tls, policy):
    tls.sendall(HEAD % len(policy) + policy[:20])


def header(tls, policy):
    tls.sendall(b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: %s\r\n" % (n, b"x" * 1000) for n in range(100)) + HEAD[17:] % len(policy) + policy)


def line(tls, policy):
    tls.sendall(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 400000 + b"\r\n" + HEAD[17:] % len(policy) + policy)


def escape(tls, policy):
    policy += b"\x1b[31mred: \x1b]0;title\x07 \xc2\x9b31m\r\n"
    head = (HEAD % len(policy)).replace(b"text/plain", b"text/\x1b[31mplain\x1b]0;title\x07")
    tls.sendall(head + policy)


def markup(tls, policy):
    policy += b"<script>document.title=1</script>: \"'>&lt;]]>\r\n"
    tls.sendall((HEAD % len(policy)).replace(b"text/plain", b"text/<script>document.title=1</script>") + policy)


def serve(connection, context, answers):
    name = []
    try:
        with context(connection, name) as tls:
            asked = b""
            while b"\r\n\r\n" not in asked:
                more = tls.recv(4096)
                if not more:
                    return
                asked += more
            answers[name[0]](tls, POLICY % name[0][8:].encode())
    except OSError:
        pass


def odd(connection, certificate, answers):
    def context(plain, name):
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate)
        tls.sni_callback = lambda _socket, asked, _context: name.append(asked)
        return tls.wrap_socket(plain, server_side=True)

    serve(connection, context, answers)


def plain_http(connection):
    connection.recv(4096)
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
    connection.close()


def listen(address, handle):
    listener = socket.create_server((address, 443), backlog=128)

    def accept():
        while True:
            threading.Thread(target=handle, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()


certificate, at_odd, at_silent, at_plain = sys.argv[1:5]
kinds = {"slow": slow, "once": once, "hung": hung, "cut": cut, "header": header, "line": line, "escape": escape, "markup": markup}
chosen = {host: kinds[kind] for host, _, kind in (argument.partition("=") for argument in sys.argv[5:])}
listen(at_odd, lambda connection: odd(connection, certificate, chosen))
listen(at_silent, lambda connection: time.sleep(HANG) or connection.close())
listen(at_plain, plain_http)
print("ready", flush=True)
threading.Event().wait()
