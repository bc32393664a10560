"""A FastCGI client for the tests: connections and requests that no front server makes."""
import socket
import struct

KEEP = 1
BEGIN, ABORT, PARAMS, STDIN, GET_VALUES, GET_VALUES_RESULT = 1, 2, 4, 5, 9, 10


def record(kind, content=b"", number=1):
    return struct.pack(">BBHHBB", 1, kind, number, len(content), 0, 0) + content


def pair(name, value):
    return bytes([len(name), len(value)]) + name + value


END = record(3, b"\0" * 8)


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


def connect(address, timeout=10):
    """To the path of a Unix socket, or to a port."""
    connection = socket.socket(socket.AF_UNIX if isinstance(address, str) else socket.AF_INET)
    connection.settimeout(timeout)
    connection.connect(address if isinstance(address, str) else ("127.0.0.1", address))
    return connection


def closed(connection):
    """Has the program closed it, be it with bytes that it never read? Waits for something to come."""
    try:
        return connection.recv(100) == b""
    except ConnectionResetError:
        return True


def answer(connection, number=1):
    """The whole answer, or the answers to so many requests, END_REQUEST last; fails where the connection closes before."""
    data = b""
    while not data.endswith(END) or data.count(END) < number:
        more = connection.recv(65536)
        assert more, "closed in the middle of an answer, after %r" % data
        data += more
    return data


def body(data):
    """The body of an answer that came in one record."""
    return data[8:8 + struct.unpack(">H", data[4:6])[0]].split(b"\r\n\r\n", 1)[1]
