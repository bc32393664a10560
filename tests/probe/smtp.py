#!/usr/bin/python3
"""smtp.py ADDRESS=KIND=CERTIFICATE...: SMTP servers on port 25 of the addresses. KIND is each one's fault. CERTIFICATE.pem has the certificate and the key.
Each command that a client sends is a line on standard output."""
import socket
import ssl
import sys
import threading
import time

HANG = 60


class Session:
    def __init__(self, connection, name, kind, certificate):
        self.socket, self.name, self.kind, self.certificate = connection, name, kind, certificate
        self.lines = connection.makefile("rb")

    def say(self, *lines):
        self.socket.sendall(b"".join(line + b"\r\n" for line in lines))

    def hear(self):
        line = self.lines.readline(1000)
        print(self.name, line, flush=True)
        return line.strip().upper()

    def ehlo(self):
        if self.kind == "ehlo":
            return self.say(b"421 4.3.2 too many connections")
        if self.kind == "endless":
            while True:
                self.say(b"250-X" * 200)
        if self.kind in ("nostarttls", "escape"):
            return self.say(b"250-lab", b"250 8BITMIME")
        return self.say(b"250-lab", b"250-STARTTLS", b"250 8BITMIME")

    def starttls(self):
        if self.kind == "starttls":
            return self.say(b"454 4.7.0 TLS not available due to a temporary reason")
        self.say(b"220 go ahead")
        if self.kind == "silent":
            time.sleep(HANG)
        if self.kind == "broken":
            # After the client's first message: with the line before it would be no answer to that.
            self.lines.peek(1)
            return self.say(b"500 what was that?")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if self.kind == "tls11":
            context.set_ciphers("ALL:@SECLEVEL=0")
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = ssl.TLSVersion.TLSv1_1
        context.load_cert_chain(self.certificate + ".pem")
        self.socket = context.wrap_socket(self.socket, server_side=True)
        self.lines = self.socket.makefile("rb")

    def greet(self):
        greetings = {
            "later": b"451 4.7.1 greylisted, come back later",
            "no": b"554 5.7.1 no service for you",
            "escape": b"220 \x1b[31mred\x1b]0;title\x07 ESMTP",
            "markup": b"554 <img src=x onerror=document.title=1> \xe2\x80\xae </script>",
            "garbage": b"SSH-2.0-OpenSSH_9.2",
        }
        if self.kind == "hung":
            time.sleep(HANG)
        self.say(greetings.get(self.kind, b"220 lab ESMTP"))
        return self.kind not in ("later", "no", "markup")

    def run(self):
        if not self.greet():
            self.hear()
            return
        while True:
            command = self.hear()
            if command.startswith(b"EHLO"):
                self.ehlo()
            elif command == b"STARTTLS":
                self.starttls()
            elif command == b"QUIT" and self.kind == "quit":
                time.sleep(HANG)
            elif command in (b"QUIT", b""):
                self.say(b"221 bye")
                return
            else:
                self.say(b"250 ok")


def serve(connection, *what):
    session = Session(connection, *what)
    try:
        session.run()
    except OSError:
        pass
    finally:
        session.socket.close()


def listen(address, kind, certificate):
    listener = socket.create_server((address, 25), backlog=128)

    def accept():
        while True:
            connection = listener.accept()[0]
            threading.Thread(target=serve, args=(connection, kind, kind, certificate), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()


for argument in sys.argv[1:]:
    listen(*argument.split("="))
print("ready", flush=True)
threading.Event().wait()
