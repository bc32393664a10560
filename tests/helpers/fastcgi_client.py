"""A FastCGI client for the tests: it writes and reads records one by one, so it can send what no front server does.
Suites, the fuzzers' seeds and the benchmarks import it."""
import socket
import struct

KEEP = 1
BEGIN, ABORT, END_REQUEST, PARAMS, STDIN, STDOUT, GET_VALUES, GET_VALUES_RESULT = 1, 2, 3, 4, 5, 6, 9, 10


def record(kind, content=b"", number=1, length=None):
    """LENGTH: another length in the header than that of CONTENT."""
    return struct.pack(">BBHHBB", 1, kind, number, len(content) if length is None else length, 0, 0) + content


def pair(name, value):
    return bytes([len(name), len(value)]) + name + value


END = record(END_REQUEST, b"\0" * 8)


def long_pair(name, value):
    return bytes([len(name)]) + struct.pack(">I", len(value) | 1 << 31) + name + value


def stream(kind, content, each=65535):
    """The records of a stream, up to the empty one."""
    return b"".join(record(kind, content[i:i + each]) for i in range(0, len(content), each)) + record(kind)


def request(host, flags=0, stdin=True, more=b"", content=b""):
    variables = pair(b"REQUEST_METHOD", b"GET") + pair(b"SERVER_NAME", host.encode()) + more
    return record(BEGIN, struct.pack(">HB5x", 1, flags)) + stream(PARAMS, variables) + (stream(STDIN, content) if stdin else b"")


def request_of(size, host, flags=0):
    """A request of SIZE bytes, its empty STDIN included."""
    filling = size - len(request(host, flags, more=long_pair(b"X", b"")))
    for length in range(filling, 0, -8):
        made = request(host, flags, more=long_pair(b"X", b"x" * length))
        if len(made) <= size:
            # A new record takes 8 bytes: pad the last variable.
            made = request(host, flags, more=long_pair(b"X", b"x" * (length + size - len(made))))
            assert len(made) == size, "no request has %d bytes" % size
            return made


def connect(address, timeout=60):
    """To the path of a Unix socket, or to a port."""
    connection = socket.socket(socket.AF_UNIX if isinstance(address, str) else socket.AF_INET)
    connection.settimeout(timeout)
    connection.connect(address if isinstance(address, str) else ("127.0.0.1", address))
    return connection


def closed(connection):
    """True if the program has closed the connection, also with bytes that it has not read. Waits until something comes."""
    try:
        return connection.recv(100) == b""
    except ConnectionResetError:
        return True


def answer(connection, number=1):
    """The whole answers to NUMBER requests, up to the last END_REQUEST. Fails if the connection closes before that."""
    data = b""
    while not data.endswith(END) or data.count(END) < number:
        more = connection.recv(65536)
        assert more, "closed in the middle of an answer, after %r" % data
        data += more
    return data


def records(data):
    """The type and the content of each record in DATA."""
    while data:
        kind, length, padding = struct.unpack(">xBxxHBx", data[:8])
        yield kind, data[8:8 + length]
        data = data[8 + length + padding:]


def receive(connection, size):
    """SIZE bytes."""
    data = b""
    while len(data) < size:
        more = connection.recv(size - len(data))
        assert more, "closed in the middle of a record"
        data += more
    return data


def receive_record(connection):
    """The next record: its type, request number, content, and how many bytes it takes."""
    kind, number, length, padding = struct.unpack(">xBHHBx", receive(connection, 8))
    content = receive(connection, length)
    receive(connection, padding)
    return kind, number, content, 8 + length + padding


def body(data):
    """The body of an answer that came in one record."""
    return data[8:8 + struct.unpack(">H", data[4:6])[0]].split(b"\r\n\r\n", 1)[1]
