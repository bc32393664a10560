"""Raw HTTP/1 and HTTP/2 for the hostile requests: sends bytes as they are, and takes the answers apart.
An answer of HTTP/2 has only its status and its body here."""
import collections
import re
import ssl
import struct
import time

AFTER = 0.5  # seconds: how long more is read after an answer
Answer = collections.namedtuple("Answer", "status headers body")


def exchange(connection, pieces, enough, patience):
    """Sends the pieces while the other side takes them. Reads until ENOUGH(data) is true, or nothing has moved for PATIENCE seconds. Returns what it has read,
    and whether the other side has closed."""
    connection.setblocking(False)
    end, data, to_send, closed, done = time.monotonic() + patience, b"", b"", False, False
    pieces = iter(pieces)
    while not closed and time.monotonic() < end:
        busy = False
        if pieces is not None:
            try:
                to_send = to_send or next(pieces, b"")
                if to_send:
                    to_send = to_send[connection.send(to_send):]
                    busy = True
                    end = max(end, time.monotonic() + patience) if not done else end
                else:
                    pieces = None
            except (ssl.SSLWantWriteError, ssl.SSLWantReadError, BlockingIOError):
                pass
            except OSError:
                pieces = None  # it may have answered, and closed, already
        try:
            more = connection.recv(65536)
            closed = not more
            data += more
            busy = True
            if not done:
                done = enough(data)
                end = time.monotonic() + (AFTER if done else patience)
        except (ssl.SSLWantWriteError, ssl.SSLWantReadError, BlockingIOError):
            pass
        except OSError:
            closed = True
        if not busy:
            time.sleep(0.002)
    return data, closed


# --- answers ---


def answer_of(data, method):
    """The first HTTP/1 answer in DATA, and the rest of DATA. None if the answer is not complete. Without Content-Length it goes up to the end."""
    if not data.startswith(b"HTTP/"):
        return (Answer(0, {}, data), b"") if data else None  # HTTP/0.9 has no head
    head, found, rest = data.partition(b"\r\n\r\n")
    match = re.match(rb"HTTP/1\.[01] (\d{3})", head)
    if not found or not match:
        return None
    status = int(match.group(1))
    headers = {k.strip().lower(): v.strip() for k, _, v in (line.partition(b":") for line in head.split(b"\r\n")[1:])}
    if method == "HEAD" or status in (204, 304):
        return Answer(status, headers, b""), rest
    if status < 200:
        return answer_of(rest, method)
    if headers.get(b"transfer-encoding") == b"chunked":
        body = b""
        while True:
            size, found, rest = rest.partition(b"\r\n")
            if not found:
                return None
            n = int(size.split(b";")[0], 16)
            if len(rest) < n + 2:
                return None
            body, rest = body + rest[:n], rest[n + 2:]
            if n == 0:
                return Answer(status, headers, body), rest
    if b"content-length" in headers:
        n = int(headers[b"content-length"])
        return (Answer(status, headers, rest[:n]), rest[n:]) if len(rest) >= n else None
    return Answer(status, headers, rest), b""


def answers_of(data, methods):
    """All answers to requests with these METHODS. What is left over is one more, with the status -1."""
    answers = []
    for index in range(len(methods) + 1):
        found = answer_of(data, methods[min(index, len(methods) - 1)])
        if found is None:
            break
        answers.append(found[0])
        data = found[1]
    # "100 Continue" is no answer.
    return answers + ([Answer(-1, {}, data)] if data and not data.startswith(b"HTTP/1.1 100 ") else [])


def frames_of(data):
    while len(data) >= 9:
        length, kind, flags, stream = int.from_bytes(data[:3], "big"), data[3], data[4], int.from_bytes(data[5:9], "big")
        if len(data) < 9 + length:
            return
        yield kind, flags, stream, data[9:9 + length]
        data = data[9 + length:]


def h2_status(block):
    """The status at the beginning of a header block (RFC 7541): from the static table, or as digits, perhaps in Huffman code."""
    while block and block[0] & 0xe0 == 0x20:
        block = block[1:]
    if block and block[0] & 0x80:
        return {8: 200, 9: 204, 10: 206, 11: 304, 12: 400, 13: 404, 14: 500}.get(block[0] & 0x7f, -1)
    if len(block) < 2:
        return -1
    text = block[2:2 + (block[1] & 0x7f)]
    if not block[1] & 0x80:
        return int(text)
    bits, digits = "".join(f"{byte:08b}" for byte in text), ""
    while len(digits) < 3:
        n = 5 if bits[:5] in ("00000", "00001", "00010") else 6
        digits += str(int(bits[:n], 2) - (0 if n == 5 else 0x19 - 3))
        bits = bits[n:]
    return int(digits)


def h2_answers_of(data):
    statuses, bodies = {}, collections.defaultdict(bytes)
    for kind, flags, stream, content in frames_of(data):
        if kind == 1 and stream not in statuses:
            statuses[stream] = h2_status(content[5:] if flags & 0x20 else content)
        elif kind == 0:
            bodies[stream] += content
    return [Answer(status, {}, bodies[stream]) for stream, status in sorted(statuses.items())]


def h2_ended(data):
    """True if END_STREAM, RST_STREAM or GOAWAY has ended the stream or the connection."""
    return any(kind in (0, 1) and flags & 1 or kind in (3, 7) for kind, flags, _, _ in frames_of(data))


# --- frames of HTTP/2 ---


def hpack(fields):
    def text(value):
        n = len(value)
        if n < 127:
            return bytes([n]) + value
        n, size = n - 127, b"\x7f"
        while n >= 128:
            n, size = n >> 7, size + bytes([n & 127 | 128])
        return size + bytes([n]) + value
    return b"".join(b"\0" + text(key) + text(value) for key, value in fields)


def frame(kind, flags, stream, content=b""):
    return len(content).to_bytes(3, "big") + bytes([kind, flags]) + struct.pack(">I", stream) + content


def h2(fields, flags=5):
    block = hpack(fields)
    head = frame(1, flags if len(block) <= 16384 else flags & ~4, 1, block[:16384])
    rest = [block[at:at + 16384] for at in range(16384, len(block), 16384)]
    return b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(4, 0, 0) + head + b"".join(frame(9, 4 if part is rest[-1] else 0, 1, part) for part in rest)
