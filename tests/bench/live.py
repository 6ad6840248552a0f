"""Benchmarks at a steady 1,000 messages a second: live (delay), recovery (after kill and pause), memory."""
import json
import os
import re
import signal
import subprocess
import threading
import time

from backlog import MESSAGES, RECEIVED, SERVICES, copies_for, drain, none_refused, publish, start_services
from installation import Installation, archive
from probe import Session, poll, resident_mib

RATE = 1000
MARKERS = 150
MONTHS = "januari februari mars april maj juni juli augusti september oktober november december".split()
PER_PARTITION = """SELECT string_agg(partition || ':' || received, ',') FROM (
	SELECT partition, sum(received) AS received FROM balance GROUP BY 1) p"""
# The table behind month_cell by a range of its key: asking the view a thousand times a second would be the load itself.
MARKER_SEEN = """SELECT EXISTS (SELECT FROM lagesbild_store.cell WHERE build = (SELECT build FROM lagesbild_store.build_current)
 AND cell BETWEEN {0}::bigint << 32 AND ({0} + 1)::bigint << 32)""".replace("\n", "")


class Load:
    """The collector at RATE a second, in the background, under ids of its own; unpacks the archive by itself."""

    def __init__(self, i, rate=RATE):
        self.unpack = subprocess.Popen(["xz", "-dc", archive()], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.collector = subprocess.Popen([i.program("collector"), "--source", "press", "--archive", "-", "--rate", str(rate), "--copies",
                                           "10", "--id-shift", "700000000"], stdin=self.unpack.stdout, stdout=subprocess.DEVNULL,
                                          stderr=subprocess.DEVNULL, env=i.env)
        self.unpack.stdout.close()

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        self.collector.terminate()
        self.collector.wait()
        self.unpack.terminate()
        self.unpack.wait()


# ---- live

class Markers:
    """Sends one notice at a time through a collector kept open, each of a month that no other notice has, so that its cell is its receipt."""

    def __init__(self, i):
        self.collector = subprocess.Popen([i.program("collector"), "--source", "press", "--archive", "-", "--no-backfill"], bufsize=0,
                                          stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=i.env)

    def send(self, number_of):
        """Publish the n-th marker, of the n-th month since January 1970."""
        year, month = 1970 + number_of // 12, number_of % 12 + 1
        event = {"id": 900_000_000 + number_of, "datetime": f"{year}-{month:02}-02 12:00:00 +01:00",
                 "name": f"01 {MONTHS[month - 1]} 12.00, Trafikolycka, Kumla", "summary": "", "url": "", "type": "Trafikolycka",
                 "location": {"name": "Kumla", "gps": "59.127674,15.143436"}}
        self.collector.stdin.write((json.dumps({"observed_at": int(time.time()), "event": event}) + "\n").encode())

    def close(self):
        self.collector.stdin.close()
        self.collector.wait()


def percentile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(share * len(values)))]


def delay_of(session, number_of):
    """Seconds until the marker's cell can be seen by others."""
    sent = time.monotonic()
    poll(f"marker {number_of}", lambda: session.value(MARKER_SEEN.format(number_of)) == "t", 20, 0.0005)
    return time.monotonic() - sent


def live(table, options):
    """From handing a notice to the producer until its cell can be read, under 1,000 messages a second: median, p99, largest. The markers lie in the years
    1970 to 1982, where the archive has nothing; the poller reads what others see of the cells."""
    del options
    with Installation("bench_live") as i, Session(i.env) as session:
        start_services(i)
        with Load(i):
            poll("the load arrives", lambda: int(session.value(RECEIVED)) > 3 * RATE, 60, 0.1)
            markers = Markers(i)
            delays, late = [], []
            for n in range(MARKERS):
                markers.send(n)
                delays.append(delay_of(session, n) * 1000)
                before = time.monotonic()
                time.sleep(0.037)  # not in step with any timer of the services
                late.append((time.monotonic() - before) * 1000 - 37)
            markers.close()
            none_refused(session)
        delays = delays[5:]  # the first ones open the connections
        steps = sum(1 for d in delays if d > 500)
        # What the machine itself adds to a sleep: a p99 far from zero means that others use it, and the delays say little.
        table.add("live: maskinens egen fördröjning, p99", percentile(late, 0.99), "ms")
        table.add("live: fördröjning, median", percentile(delays, 0.5), "ms", goal=("≤", 20))
        table.add("live: fördröjning, p99", percentile(delays, 0.99), "ms", goal=("≤", 100))
        table.add("live: fördröjning, störst", max(delays), "ms")
        table.add("live: över 500 ms (ensekundssteg)", steps, "av " + str(len(delays)), goal=("≤", 0))
        for name in SERVICES:
            i.stop(name)


# ---- recovery

def received(session):
    """partition -> messages accounted for"""
    return dict(p.split(":") for p in session.value(PER_PARTITION.replace("\n", " ")).split(","))


def standstill(session, act, seconds):
    """The longest time, s, that any partition's figures stood still in the given seconds from act() on. Every partition has 250 messages a second, so
    that a member that does not work shows. One that stands still at the end is an error."""
    last = received(session)
    act()
    started = now = time.monotonic()
    moved = dict.fromkeys(last, started)
    longest = 0.0
    while now - started < seconds:
        time.sleep(0.02)
        state, now = received(session), time.monotonic()
        for partition, n in state.items():
            if n != last.get(partition):
                longest = max(longest, now - moved[partition])
                moved[partition] = now
        last = state
    quiet = max(now - at for at in moved.values())
    if quiet > 3 and quiet >= longest:
        raise AssertionError(f"a partition has stood still for {quiet:.1f} s, {seconds} s after the fault")
    return longest


def restarted(i, session, name):
    """Killed and started again at once."""
    def act():
        i.kill(name)
        i.start(name)
    return standstill(session, act, 8)


def assignments(i, name):
    """How often the instance has been given partitions."""
    return len(re.findall(r'event=assigned text="[1-9]', i.log(name))) if os.path.exists(os.path.join(i.dir, f"{name}.log")) else 0


def start_with_part(i, name, program):
    """Start an instance and wait until the group has given it partitions."""
    before = assignments(i, name)
    i.start(name, program)
    poll(f"{name} has its part", lambda: assignments(i, name) > before, 60, 0.05)


def taken_over_and_paused(table, i, session, name):
    """Two instances share the partitions. One is killed: the other takes its part over. It comes back, and is paused (SIGSTOP, in a transaction or not): again
    the other takes over. Woken up, it must do no harm: the sums are checked at the end."""
    other = f"{name}-b"
    start_with_part(i, other, name)
    seconds = standstill(session, lambda: i.kill(name), 25)
    table.add(f"recovery: {name} dödad, annan tar över", seconds, "s", goal=("≤", 15))
    start_with_part(i, name, name)
    seconds = standstill(session, lambda: i.processes[name].send_signal(signal.SIGSTOP), 25)
    table.add(f"recovery: {name} pausad, annan tar över", seconds, "s", goal=("≤", 15))
    i.processes[name].send_signal(signal.SIGCONT)
    i.stop(other)


def recovery(table, options):
    """Under 1,000 messages a second, the longest standstill of any partition's figures: after kill -9 and a start, when another instance takes over
    from a killed one, and from a paused one."""
    del options
    with Installation("bench_recovery") as i, Session(i.env) as session:
        start_services(i)
        with Load(i):
            poll("the load arrives", lambda: int(session.value(RECEIVED)) > 2 * RATE, 60, 0.1)
            for name in reversed(SERVICES):
                table.add(f"recovery: {name} dödad och startad", max(restarted(i, session, name) for _ in range(3)), "s", goal=("≤", 5))
            for name in reversed(SERVICES):
                taken_over_and_paused(table, i, session, name)
        poll("every message accounted for", lambda: "consistent" in i.run("lagesbild", "verify", check=False).stdout, 60, 1)
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
