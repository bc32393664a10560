#!/usr/bin/env python3
"""kept.py measure FRONT PORT FOLDER: takes the program's place on FOLDER/fcgi.sock, and prints the sizes of the front server's FastCGI requests. The front server is
on 127.0.0.1:PORT.

kept.py attack FRONT PORT FOLDER N: sends requests of about 8192 bytes on the FastCGI side, then N requests with FastCGI records in their bodies, then a few with
bodies larger than a request to the program may be. Meanwhile another client asks for other domains, at least as often. FOLDER has the file sizes, as `measure` prints
them, and DOMAIN.txt, the policy of each domain. Prints a line of the table. Exit status 1 if an answer is wrong, or if a request of about 8192 bytes or of the other
client is lost. Requests that are lost during the large bodies do not count: a program may have to close connections for these.

kept.py smuggle NAME PORT FOLDER N: the same with N requests whose bodies hold HTTP requests, through a proxy that speaks HTTP to a web server before the program. NAME is
for the line of the table."""
import collections
import http.client
import itertools
import os
import random
import socket
import struct
import sys
import threading
import time

from fastcgi_client import BEGIN, END_REQUEST, PARAMS, STDIN, STDOUT, pair, receive_record, record

PATH = "/.well-known/mta-sts.txt"
READ, TAKEN = 8192, 163840  # bytes that libfcgi reads at a time, and the largest request that the program accepts
LONGEST, LARGE = 24000, 60  # bytes, requests
PATIENCE = 10
ASKER, SMUGGLED, OTHERS = "asker.test", "smuggled.test", ["victim.test", "b.test", "victim.test", "c.test"]

# PIECE: the largest STDIN record of the front server. IDS: the numbers that it may give the next request of a connection.
Front = collections.namedtuple("Front", "piece ids")
FRONTS = {
    "nginx": Front(32768, [1]),
    "haproxy-safe": Front(15144, [3, 3, 3, 5, 7]),
    "haproxy-always": Front(15144, [3, 3, 3, 5, 7]),
    "apache": Front(8192, [1]),
    "h2o": Front(65528, [1]),
    "caddy": Front(65500, [1]),
}

mode, name, port, folder = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
front = FRONTS.get(name)
policies = {domain: open(f"{folder}/{domain}.txt", "rb").read() for domain in [ASKER, SMUGGLED, *OTHERS]}


# --- requests ---


def http_request(domain, method, body, headers, chunked):
    """A request whose head is a multiple of 8 bytes long. nginx makes a record of the part of a body that comes with the head, and pads it."""
    lines = [f"{method} {PATH} HTTP/1.1", f"Host: mta-sts.{domain}", *headers]
    if chunked:
        lines.append("Transfer-Encoding: chunked")
        body = (b"%x\r\n%s\r\n" % (len(body), body) if body else b"") + b"0\r\n\r\n"
    elif body is not None:
        lines.append(f"Content-Length: {len(body)}")
    head = "\r\n".join([*lines, "X: "])
    return (head + "x" * (-(len(head) + 4) % 8) + "\r\n\r\n").encode() + (body or b"")


class Client:
    """One connection to the front server. It is opened again after the front server has closed it."""

    def __init__(self):
        self.socket = None

    def ask(self, domain, method="GET", body=None, headers=(), chunked=False):
        """The status and the body of the answer. Without an answer: 0 and the error."""
        try:
            if self.socket is None:
                self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
                self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.socket.sendall(http_request(domain, method, body, headers, chunked))
            answer = http.client.HTTPResponse(self.socket, method=method)
            answer.begin()
            text = answer.read()
            if answer.will_close:
                self.close()
            return answer.status, text
        except (OSError, http.client.HTTPException) as error:
            self.close()
            return 0, repr(error).encode()

    def close(self):
        if self.socket is not None:
            self.socket.close()
        self.socket = None


# --- bodies ---


HOST = ("mta-sts." + SMUGGLED).encode()
VARIABLES = pair(b"REQUEST_METHOD", b"GET") + pair(b"SERVER_NAME", HOST) + pair(b"HTTP_HOST", HOST)
FILLER = 6  # bytes that a variable takes besides its value, with a name of one byte
COPY = 16 + 8 + len(VARIABLES) + FILLER


def request_up_to(number, rest):
    """The beginning of a request. The last of its variables, and so its last record, includes the REST bytes that follow."""
    return (record(BEGIN, struct.pack(">HB5x", 1, 1), number)
            + record(PARAMS, VARIABLES + struct.pack(">BLs", 1, 0x80000000 | rest, b"F"), number, len(VARIABLES) + FILLER + rest))


def make_body(size, places, number, tail, beyond):
    """SIZE bytes with a request at each of PLACES. Their variables end at TAIL, or BEYOND bytes after the end of the body. Each request contains those behind it, so that
    it is complete wherever a reader begins."""
    end = size - len(tail)
    body = bytearray(b"x" * end)
    for place in places:
        if place + COPY > end:
            break
        # The headers of the front server's own records come in between.
        headers = (size - 1) // front.piece - place // front.piece
        body[place:place + COPY] = request_up_to(number, end - place - COPY + beyond + 8 * headers)
    return bytes(body) + tail


def random_end(chance, number):
    """The end of a smuggled request: it includes the end of the front server's STDIN and the next client's BEGIN_REQUEST, or more, or it is complete."""
    kind = chance.random()
    if kind < 0.6:
        return b"", 8 + 16
    if kind < 0.7:
        return b"", chance.randrange(600)
    if kind < 0.72:
        return b"", 40000
    # It ends with the front server's own end of STDIN, or has one itself.
    return record(PARAMS, b"", number) + (record(STDIN, b"", number) if kind > 0.9 else b""), 0


def bodies(count, edge):
    """EDGE: the place in a body where libfcgi's first read ends."""
    chance = random.Random(1)
    for i in range(count):
        turn, step = i % 4, i // 4
        number = chance.choice(front.ids)
        tail, beyond = random_end(chance, number)
        if turn == 0:
            # One request, at every place near the edge.
            places = [edge - 300 + step * 7 % 601]
            size = places[0] + COPY + len(tail) + chance.randrange(0, 400)
        elif turn == 1:
            # Many requests, at every distance from the body's beginning: a request has as many bytes as there are steps.
            size = chance.randrange(20000 + 2 * COPY if step // COPY % 2 == 0 else 0, LONGEST)
            places = range(step % COPY, size, COPY)
        else:
            # One request exactly at the edge, or as far from it as other variables or one more record of the front server could move it.
            size = chance.choice([READ + 50, READ + 300, chance.randrange(edge + COPY, READ + 2000)])
            places = range((edge + chance.choice([0, 0, -8, -8, chance.randrange(-24, 25)])) % COPY, size, COPY)
        # nginx pads to a multiple of 8, and the padding would count too.
        yield make_body(size if i % 9 == 8 else (size + 7) // 8 * 8, places, number, tail, beyond)


def large_bodies(count, edge):
    """The same around the largest request that the program accepts. The headers of the front server's records count too."""
    chance = random.Random(2)
    for _ in range(count):
        number = chance.choice(front.ids)
        tail, beyond = random_end(chance, number)
        size = TAKEN + 8 * chance.randrange(50)
        far = TAKEN - (READ - edge) - 8 * (TAKEN // front.piece) + chance.choice([0, 8, -8, chance.randrange(-24, 25)])
        yield make_body(size, range(far % COPY + (size - LONGEST) // COPY * COPY, size, COPY), number, tail, beyond)


def http_bodies(count):
    """Bodies full of HTTP requests, at each distance from the beginning. Their sizes are those of small bodies, or about those of the buffers of web servers and the largest
    body that lighttpd takes in examples/http-proxy."""
    chance = random.Random(3)
    inner = http_request(SMUGGLED, "GET", None, (), False)
    for i in range(count):
        size = chance.choice([chance.randrange(3000), chance.choice([READ, 16384, 32768, 65536]) + chance.randrange(-300, 300)])
        yield (b"x" * (i % len(inner)) + inner * (size // len(inner) + 1))[:size]


# --- what is counted ---


class Count:
    def __init__(self, whose):
        self.whose, self.lock, self.kinds, self.examples = whose, threading.Lock(), collections.Counter(), []

    def __str__(self):
        return f"{self.whose} {self.kinds['wrong']} {self.kinds['lost']} {self.kinds['refused']} of {self.kinds['all']}"

    def missing(self):
        return self.kinds["lost"] + self.kinds["refused"]

    def add(self, kind, example):
        with self.lock:
            self.kinds["all"] += 1
            self.kinds[kind] += 1
            if kind != "right" and len(self.examples) < 10:
                self.examples.append(f"{self.whose}, {kind}: {example}")


def judge(domain, method, status, text):
    """Refused means by the front server itself. Its statuses differ from the program's."""
    if method == "POST" and status == 405:
        return "right"
    if method != "POST" and status == 200 and text == (b"" if method == "HEAD" else policies[domain]):
        return "right"
    if status == 0 or status >= 500:
        return "lost"
    return "refused" if 400 <= status < 500 and status not in (404, 405) else "wrong"


def ask_and_count(client, count, domain, method="GET", **request):
    status, text = client.ask(domain, method, **request)
    sent = [f"{len(body)} bytes" if (body := request.get("body")) is not None else "no body"] + ["chunked"] * request.get("chunked", False)
    count.add(judge(domain, method, status, text), f"{method} {domain}, {', '.join(sent)}: {status} {text[:100]!r}")


class Attack:
    def __init__(self, what, requests, some_bodies, seconds):
        self.requests, self.seconds = requests, seconds
        self.hostile, self.other = Count(f"hostile{what}"), Count(f"other{what}")
        self.bodies = enumerate(some_bodies)
        self.lock = threading.Lock()
        self.over = threading.Event()

    def late(self):
        return time.monotonic() > self.deadline

    def send_hostile(self):
        client = Client()
        while not self.late():
            with self.lock:
                i, body = next(self.bodies, (None, None))
            if body is None:
                break
            ask_and_count(client, self.hostile, ASKER, method=["GET", "GET", "HEAD", "GET", "POST"][i % 5], body=body, chunked=i % 7 == 6)
        client.close()

    def send_other(self):
        client = Client()
        for domain in itertools.cycle(OTHERS):
            if self.late() or (self.over.is_set() and self.other.kinds["all"] >= self.requests):
                break
            ask_and_count(client, self.other, domain)
        client.close()

    def run(self):
        self.deadline = time.monotonic() + self.seconds
        hostile = [threading.Thread(target=self.send_hostile) for _ in range(2)]
        other = [threading.Thread(target=self.send_other) for _ in range(4)]
        for thread in hostile + other:
            thread.start()
        for thread in hostile:
            thread.join()
        self.over.set()
        for thread in other:
            thread.join()


def long_headers(more):
    return ["X-A: " + "a" * 4000, "X-B: " + "b" * (3600 + more)]


def send_long(count, size):
    """Requests of 8185 to 8210 bytes, each followed at once by a small one of another client. SIZE is that of a request with long_headers(0)."""
    clients = [Client(), Client()]
    for more in list(range(8185 - size, 8211 - size)) * 4:
        for client, headers in zip(clients * 2, [long_headers(more), (), (), long_headers(more)]):
            ask_and_count(client, count, ASKER, headers=headers)
    for client in clients:
        client.close()


# --- the sizes ---


def read_request(listener):
    """Answers one request of the front server. Returns where its body begins, and its size."""
    connection = listener.accept()[0]
    size, begin, ended = 0, None, False
    while not ended:
        kind, number, content, length = receive_record(connection)
        if kind == STDIN:
            begin = begin or size + 8
            ended = not content
        size += length
    connection.sendall(record(STDOUT, b"Status: 200 OK\r\nContent-Type: text/plain\r\n\r\nok\n", number) + record(STDOUT, b"", number)
                       + record(END_REQUEST, b"\0" * 8, number))
    connection.close()
    return begin, size


def measure():
    path = f"{folder}/fcgi.sock"
    sizes = []
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        os.chmod(path, 0o666)
        listener.listen(8)
        listener.settimeout(PATIENCE)
        for request in [{"body": b"x" * READ}, {"headers": long_headers(0)}]:
            asking = threading.Thread(target=Client().ask, args=[ASKER], kwargs=request)
            asking.start()
            sizes.append(read_request(listener))
            asking.join()
    os.unlink(path)
    print(sizes[0][0], sizes[1][1])


def print_line(requests, run, counts, lost, seconds):
    """Prints the line of the table, and ends with exit status 1 if an answer is wrong or lost, or a request was not sent."""
    print(*itertools.chain.from_iterable(count.examples for count in counts), sep="\n", file=sys.stderr)
    wrong = sum(count.kinds["wrong"] for count in counts)
    print(name, run.hostile.kinds["all"], run.other.kinds["all"], wrong, lost, round((run.hostile.kinds["all"] + run.other.kinds["all"]) / seconds),
          f"wrong, lost, refused: {'; '.join(map(str, counts))}", sep="\t")
    if min(run.hostile.kinds["all"], run.other.kinds["all"]) < requests:
        sys.exit("out of time")
    sys.exit(wrong + lost > 0)


def attack(requests):
    begin, size = map(int, open(f"{folder}/sizes").read().split())
    edge = READ - begin
    long = Count("long")
    run, large = Attack("", requests, bodies(requests, edge), 40 * max(1, requests / 2000)), Attack(", large bodies", LARGE, large_bodies(LARGE, edge), 5)
    send_long(long, size)
    start = time.monotonic()
    run.run()
    seconds = time.monotonic() - start
    large.run()
    counts = [long, run.other, run.hostile, large.other, large.hostile]
    print_line(requests, run, counts, sum(count.missing() for count in (run.other, long)), seconds)


def smuggle(requests):
    run = Attack("", requests, http_bodies(requests), 40 * max(1, requests / 2000))
    start = time.monotonic()
    run.run()
    print_line(requests, run, [run.other, run.hostile], run.other.missing(), time.monotonic() - start)


if mode == "measure":
    measure()
elif mode == "attack":
    attack(int(sys.argv[5]))
else:
    smuggle(int(sys.argv[5]))
