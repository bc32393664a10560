"""Makes TLS reports (RFC 8460) and the mails that carry them, as senders do."""
import base64
import datetime
import gzip
import json

TODAY = datetime.date(2026, 11, 26)
ORG = ["version: STSv1", "mode: testing", "mx: mail.example.org", "mx: *.backup.example.org", "max_age: 604800"]


def failure(result, mx="mail.example.org", count=1, sender="192.0.2.1"):
    return {"result-type": result, "sending-mta-ip": sender, "receiving-mx-hostname": mx, "failed-session-count": count}


def report(domain="example.org", org="Sender", ago=1, good=10, bad=0, policy=None, details=(), number=1, kind="sts"):
    """The report about the day AGO days ago."""
    day = TODAY - datetime.timedelta(days=ago)
    return {
        "organization-name": org,
        "date-range": {"start-datetime": f"{day}T00:00:00Z", "end-datetime": f"{day}T23:59:59Z"},
        "contact-info": "tls@sender.example",
        "report-id": f"{day}-{domain}-{number}",
        "policies": [{
            "policy": {"policy-type": kind, "policy-string": ORG if policy is None else policy, "policy-domain": domain},
            "summary": {"total-successful-session-count": good, "total-failure-session-count": bad},
            "failure-details": list(details),
        }],
    }


def text(of):
    return json.dumps(of).encode()


def zipped(of):
    return gzip.compress(text(of))


def part(body, kind):
    return (f'Content-Type: {kind}; name="report.json.gz"\nContent-Transfer-Encoding: base64\n'
            f'Content-Disposition: attachment; filename="report.json.gz"\n\n').encode() + base64.encodebytes(body)


HEAD = b"From: tls@sender.example\nTo: tls@example.org\nSubject: Report Domain: example.org\nTLS-Report-Domain: example.org\n"


def mail(body, kind="application/tlsrpt+gzip"):
    """A mail as RFC 8460 5.3 has it."""
    return (HEAD + b'MIME-Version: 1.0\nContent-Type: multipart/report; report-type="tlsrpt"; boundary="b"\n\n'
            b"--b\nContent-Type: text/plain\n\nThis is a TLS report.\nFrom the sender, a line.\n--b\n" + part(body, kind) + b"--b--\n")


def single(body, kind="application/tlsrpt+gzip"):
    return HEAD + b"MIME-Version: 1.0\n" + part(body, kind)


def save(name, data):
    with open(name, "wb") as file:
        file.write(data)
