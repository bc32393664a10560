"""A FastCGI client for the tests: connections and requests that no front server makes."""
import socket
import struct

KEEP = 1
BEGIN, PARAMS, STDIN, GET_VALUES, GET_VALUES_RESULT = 1, 4, 5, 9, 10


def record(kind, content=b"", number=1):
    return struct.pack(">BBHHBB", 1, kind, number, len(content), 0, 0) + content


def pair(name, value):
    return bytes([len(name), len(value)]) + name + value


END = record(3, b"\0" * 8)


def request(host, flags=0, stdin=True):
    variables = pair(b"REQUEST_METHOD", b"GET") + pair(b"SERVER_NAME", host.encode())
    return (record(BEGIN, struct.pack(">HB5x", 1, flags)) + record(PARAMS, variables) + record(PARAMS)
            + (record(STDIN) if stdin else b""))


def connect(path, timeout=10):
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(timeout)
    connection.connect(path)
    return connection


def closed(connection):
    """Has the program closed it, be it with bytes that it never read? Waits for something to come."""
    try:
        return connection.recv(100) == b""
    except ConnectionResetError:
        return True


def answer(connection):
    """The whole answer, its END_REQUEST last; fails where the connection closes before."""
    data = b""
    while not data.endswith(END):
        more = connection.recv(65536)
        assert more, "closed in the middle of an answer, after %r" % data
        data += more
    return data


def body(data):
    """The body of an answer that came in one record."""
    return data[8:8 + struct.unpack(">H", data[4:6])[0]].split(b"\r\n\r\n", 1)[1]
