"""Benchmark of the api: 1,000 requests a second of a normal mix and 200 open pages, while 100 messages a second are counted."""
import os
import socket
import threading
import time

from api import Api
from backlog import MESSAGES, SERVICES, copies_for, none_refused, publish
from installation import Installation, archive
from live import Load, percentile
from probe import Session, resident_mib

RATE, CONNECTIONS, STREAMS, CHANGES = 1000, 8, 200, 100
SECONDS = int(os.environ.get("BENCH_SECONDS", "30"))
# What open pages ask for: mostly what they have already (304), a month's picture, cells as a table, the small ones.
MIX = ["/api/v1/summary/2025-05", "/api/v1/summary/2025-05", "/api/v1/summary/2025-04", "/api/v1/summary/2025T1", "/api/v1/session",
       "/api/v1/cells?from=2025-01&to=2025-06", "/api/v1/cells?from=2024-01&to=2025-06&area=18&below=1&format=csv", "/api/v1/sources",
       "/api/v1/quality", "/api/v1/outlines?area=1881"]


def answer(stream):
    """Status and length of one answer with a Content-Length (or none)."""
    status, length = int(stream.readline().split()[1]), 0
    while True:
        line = stream.readline()
        if line in (b"\r\n", b""):
            break
        if line.lower().startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    stream.read(length)
    return status


class Asker(threading.Thread):
    """One connection that asks at its share of the rate; a delay counts from when the question was due, so that a stall is seen as what it is."""

    def __init__(self, port, cookie, first):
        super().__init__()
        self.delays, self.bad, self.first = [], 0, first
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.stream = self.socket.makefile("rb")
        self.requests = [f"GET {path} HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\nCookie: {cookie}\r\n\r\n".encode() for path in MIX]

    def run(self):
        each, began = CONNECTIONS / RATE, time.monotonic() + self.first / RATE
        for n in range(int(SECONDS * RATE / CONNECTIONS)):
            due = began + n * each
            wait = due - time.monotonic()
            if wait > 0:
                time.sleep(wait)
            self.socket.sendall(self.requests[(n * CONNECTIONS + self.first) % len(MIX)])
            self.bad += answer(self.stream) not in (200, 304)
            self.delays.append((time.monotonic() - due) * 1000)


def streams(port, cookie):
    opened = []
    for _ in range(STREAMS):
        s = socket.create_connection(("127.0.0.1", port))
        s.sendall(f"GET /api/v1/changes HTTP/1.1\r\nHost: x\r\nCookie: {cookie}\r\n\r\n".encode())
        opened.append(s)
    return opened


def heard(s):
    """Events that a stream has been sent so far."""
    s.setblocking(False)
    n = 0
    try:
        while True:
            got = s.recv(1 << 16)
            if not got:
                return -1
            n += got.count(b"event: figures")
    except BlockingIOError:
        return n


def council(table, options):
    """Delay of a request from when it was due, p99 and median, over --long 10 million incidents, else a million; every open page hears of the changes."""
    with Installation("bench_api") as i:
        for name in SERVICES:
            i.start(name)
        publish(i, copies_for(10 * MESSAGES if options.long else MESSAGES, archive()))
        i.verify(900)
        with Session(i.env) as session:
            none_refused(session)
            rows = int(session.value("SELECT sum(received) FROM balance"))
        server = Api(i)
        person = server.account("bench", role="reader,coordinator")
        cookie = f"__Host-lagesbild={person.cookie}"
        for path in MIX:
            assert person.get(path).status == 200, path
        opened = streams(server.port, cookie)
        with Load(i, CHANGES):
            askers = [Asker(server.port, cookie, n) for n in range(CONNECTIONS)]
            for a in askers:
                a.start()
            for a in askers:
                a.join()
        events = [heard(s) for s in opened]
        delays = sorted(d for a in askers for d in a.delays)
        bad = sum(a.bad for a in askers)
        assert bad == 0, f"{bad} answers were neither 200 nor 304"
        assert min(events) > SECONDS / 2, f"a page heard of {min(events)} changes in {SECONDS} s"
        name = f"api {RATE}/s, {STREAMS} sidor, {rows // 1000}k meddelanden"
        table.add(f"{name}: median", percentile(delays, 0.5), "ms")
        table.add(f"{name}: p99", percentile(delays, 0.99), "ms", goal=("≤", 25))
        table.add("api: minne", max(resident_mib(i.processes["api"].pid)), "MiB")
        for s in opened:
            s.close()
