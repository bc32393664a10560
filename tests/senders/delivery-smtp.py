#!/usr/bin/python3
"""delivery-smtp.py FILE ADDRESS=CERTIFICATE...: SMTP servers with STARTTLS on port 25 of the addresses. CERTIFICATE is a PEM file with the key. Each delivery
becomes a line in FILE: the address, TLS or plain, the recipient, the subject. Only Debian's own python3 is sure to have aiosmtpd."""
import signal
import ssl
import sys

from aiosmtpd.controller import Controller


class Store:
    def __init__(self, file, address):
        self.file, self.address = file, address

    async def handle_DATA(self, server, session, envelope):
        lines = envelope.content.decode("ascii").splitlines()
        subject = next((line[9:] for line in lines if line.startswith("Subject: ")), "-")
        for recipient in envelope.rcpt_tos:
            with open(self.file, "a", encoding="ascii") as file:
                print(self.address, "TLS" if session.ssl else "plain", recipient, subject, file=file)
        return "250 stored"


signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})  # before there are threads, which inherit it
controllers = []
for argument in sys.argv[2:]:
    address, _, certificate = argument.partition("=")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    controllers.append(Controller(Store(sys.argv[1], address), address, 25, server_hostname="mx." + address, tls_context=context))
for controller in controllers:
    controller.start()
print("ready", flush=True)
signal.sigwait({signal.SIGTERM})
for controller in controllers:
    controller.stop()
