"""Benchmarks at a steady 1,000 messages a second: live (delay), recovery (after kill and pause), memory."""
import json
import signal
import subprocess
import threading
import time

from backlog import MESSAGES, RECEIVED, SERVICES, copies_for, drain, publish, start_services
from installation import Installation, archive
from probe import Session, poll, resident_mib

RATE = 1000
MARKERS = 150


class Load:
    """The collector at RATE a second, in the background, under ids of its own; unpacks the archive by itself."""

    def __init__(self, i, rate=RATE):
        self.unpack = subprocess.Popen(["xz", "-dc", archive()], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.collector = subprocess.Popen([i.program("collector"), "--source", "press", "--archive", "-", "--rate", str(rate), "--id-shift",
                                           "700000000000"], stdin=self.unpack.stdout, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                          env=i.env)
        self.unpack.stdout.close()

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        self.collector.terminate()
        self.collector.wait()
        self.unpack.terminate()
        self.unpack.wait()


def moving(session):
    """True once more messages have been accounted for than at the first call."""
    first = int(session.value(RECEIVED))
    return lambda: int(session.value(RECEIVED)) > first


# ---- live

class Markers:
    """Sends one notice at a time through kcat, kept open, each of a month that no other notice has, so that its cell is its receipt."""

    def __init__(self, i):
        self.kcat = subprocess.Popen(["kcat", "-P", "-b", i.env["KAFKA_BOOTSTRAP_SERVERS"], "-t", f"{i.prefix}feed.press", "-K", "\t", "-X",
                                      "queue.buffering.max.ms=0", "-X", "partitioner=murmur2_random"], stdin=subprocess.PIPE, bufsize=0)

    def send(self, number_of):
        """Publish the n-th marker; the month of its cell."""
        year, month = 1970 + number_of // 12, number_of % 12 + 1
        name = ("januari februari mars april maj juni juli augusti september oktober november december").split()[month - 1]
        event = {"id": 900_000_000_000 + number_of, "datetime": f"{year}-{month:02}-02 12:00:00 +01:00",
                 "name": f"01 {name} 12.00, Trafikolycka, Kumla", "summary": "", "url": "", "type": "Trafikolycka",
                 "location": {"name": "Kumla", "gps": "59.127674,15.143436"}}
        self.kcat.stdin.write(f"{event['id']}\t{json.dumps(event, ensure_ascii=False)}\n".encode())
        return f"{year}-{month:02}-01"

    def close(self):
        self.kcat.stdin.close()
        self.kcat.wait()


def percentile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(share * len(values)))]


def delay_of(session, month):
    """Seconds until the marker's cell can be seen by others."""
    sent = time.monotonic()
    poll(f"the marker of {month}", lambda: session.value(f"SELECT count(*) FROM month_cell WHERE month = '{month}' AND n > 0") != "0", 20, 0.0005)
    return time.monotonic() - sent


def live(table, options):
    """From handing a notice to the producer until its cell can be read, under 1,000 messages a second: median, p99, largest. The markers lie in the years
    1970 to 1982, where the archive has nothing; the poller asks month_cell itself."""
    del options
    with Installation("bench_live") as i, Session(i.env) as session:
        start_services(i)
        with Load(i):
            poll("the load arrives", lambda: int(session.value(RECEIVED)) > 3 * RATE, 60, 0.1)
            markers = Markers(i)
            delays = []
            for n in range(MARKERS):
                month = markers.send(n)
                delays.append(delay_of(session, month) * 1000)
                time.sleep(0.037)  # not in step with any timer of the services
            markers.close()
        delays = delays[5:]  # the first ones open kcat's connections
        steps = sum(1 for d in delays if d > 500)
        table.add("live: fördröjning, median", percentile(delays, 0.5), "ms", goal=("≤", 20))
        table.add("live: fördröjning, p99", percentile(delays, 0.99), "ms", goal=("≤", 100))
        table.add("live: fördröjning, störst", max(delays), "ms")
        table.add("live: över 500 ms (ensekundssteg)", steps, "av " + str(len(delays)), goal=("≤", 0))
        for name in SERVICES:
            i.stop(name)


# ---- recovery

def until_moving(i, session, act):
    """Seconds from act() until the figures move on."""
    condition = moving(session)
    started = time.monotonic()
    act()
    return poll("figures move again", condition, 90, 0.02) - started


def killed_and_restarted(i, session, name):
    i.kill(name)
    settle(session)
    return until_moving(i, session, lambda: i.start(name))


def settle(session):
    """Wait until nothing changes any more: what was in flight is in."""
    last = -1
    while last != (last := int(session.value(RECEIVED))):
        time.sleep(0.3)


def taken_over(i, session, name):
    """Kill one of two instances when the other has no partition: how long until the other goes on."""
    i.start(f"{name}-b", name)
    i.kill(name)
    settle(session)
    seconds = until_moving(i, session, lambda: None)
    i.start(name)
    i.stop(f"{name}-b")
    return seconds


def paused(i, session, name):
    """SIGSTOP at any moment, a second instance beside it: how long the figures of a paused member's partitions stand still at worst. All partitions must
    have moved."""
    i.start(f"{name}-b", name)
    poll("second instance assigned", lambda: "event=assigned" in i.log(f"{name}-b"), 60, 0.05)
    time.sleep(1.5)
    condition = every_partition_moves(session)
    started = time.monotonic()
    i.processes[name].send_signal(signal.SIGSTOP)
    seconds = poll("every partition moves again", condition(), 90, 0.05) - started
    i.processes[name].send_signal(signal.SIGCONT)
    i.stop(f"{name}-b")
    return seconds


def every_partition_moves(session):
    """A condition that holds once each feed partition has advanced past what it had when the condition was made plus what was in flight."""
    def make():
        time.sleep(0.5)
        ask = "SELECT string_agg(partition || ':' || r, ',' ORDER BY partition) FROM (SELECT partition, sum(received) r FROM balance GROUP BY 1) x"
        first = dict(p.split(":") for p in session.value(ask).split(","))

        def condition():
            now = dict(p.split(":") for p in session.value(ask).split(","))
            return all(int(now[p]) > int(first[p]) for p in first)
        return condition
    return make


def recovery(table, options):
    """Under 1,000 messages a second: kill -9 and start again; kill -9 and another instance takes over; SIGSTOP beside another instance."""
    del options
    with Installation("bench_recovery") as i, Session(i.env) as session:
        start_services(i)
        with Load(i, rate=RATE):
            poll("the load arrives", lambda: int(session.value(RECEIVED)) > RATE, 60, 0.1)
            for name in reversed(SERVICES):
                table.add(f"recovery: {name} dödad och startad", max(killed_and_restarted(i, session, name) for _ in range(3)), "s", goal=("≤", 5))
            for name in reversed(SERVICES):
                table.add(f"recovery: {name} dödad, annan tar över", taken_over(i, session, name), "s", goal=("≤", 15))
            for name in reversed(SERVICES):
                table.add(f"recovery: {name} pausad, annan tar över", paused(i, session, name), "s", goal=("≤", 15))
        for name in SERVICES:
            i.stop(name)


# ---- memory

def ready_seconds(i, name):
    """From start until the log says ready."""
    before = i.log(name).count("event=ready")
    started = time.monotonic()
    i.start(name)
    return poll(f"{name} is ready", lambda: i.log(name).count("event=ready") > before, 30, 0.005) - started


class Peak(threading.Thread):
    """Highest resident memory of each process while the thread runs (VmHWM would do, but for a process that ends)."""

    def __init__(self, processes):
        super().__init__(daemon=True)
        self.processes, self.highest, self.ended = processes, dict.fromkeys(processes, 0.0), threading.Event()
        self.start()

    def run(self):
        while not self.ended.wait(0.1):
            for name, process in self.processes.items():
                self.highest[name] = max(self.highest[name], resident_mib(process.pid)[1])

    def stop(self):
        self.ended.set()
        self.join()
        return self.highest


def memory(table, options):
    """Resident memory with a million incidents behind: highest in the backlog, and live at 1,000/s after a restart; readiness time."""
    del options
    with Installation("bench_memory") as i, Session(i.env) as session:
        published = publish(i, copies_for(MESSAGES, archive()))
        drain(i, session, published)
        for name in SERVICES:
            table.add(f"memory: {name}, ikapp ett lager", resident_mib(i.processes[name].pid)[1], "MiB", goal=("≤", 256))
            i.stop(name)
        for name in SERVICES:
            table.add(f"memory: {name} redo efter", ready_seconds(i, name), "s", goal=("≤", 0.5))
        with Load(i):
            goal = published + 10 * RATE
            peak = Peak({name: i.processes[name] for name in SERVICES})
            poll("ten seconds of load", lambda: int(session.value(RECEIVED)) >= goal, 120, 0.2)
            highest = peak.stop()
        for name in SERVICES:
            table.add(f"memory: {name}, i takt 1 000/s", highest[name], "MiB", goal=("≤", 32))
            i.stop(name)
