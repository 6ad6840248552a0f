"""Benchmark of everything at once under a steady national load: national.

BENCH_SECONDS: how long instead of a minute, for a quick look.
"""
import json
import os
import subprocess
import time

from alone import AT_SCALE_ONE, records_on
from backlog import RECEIVED
from installation import Installation
from live import MARKER_SEEN, Load, Markers, percentile
from messages import Sender
from probe import Meter, Session, number, poll, resident_mib

RATE = 10_000
PRESS_RATE = 2_000  # the archive's; the rest is the simulator's
SECONDS = int(os.environ.get("BENCH_SECONDS", "60"))
MARKERS = 480  # months from January 1970 to December 2009, where nothing else lies
SOURCES = tuple(AT_SCALE_ONE)
NORMALIZERS = tuple(f"normalizer-{source}" for source in SOURCES)
SERVICES = (*NORMALIZERS, "aggregator")
FEEDS = tuple(f"feed.{source}" for source in SOURCES)
# A quick question for as long as a marker is waited for; often enough for a median of tens of milliseconds, seldom enough to be no load of its own.
ASK_EVERY = 0.002
REJECTED = "SELECT coalesce(sum(rejected), 0) FROM balance"
BY_FEED = "SELECT coalesce(sum(received), 0) FROM balance WHERE topic = '{0}'"
# Months in which all sources deliver events (delivery.csv), and what the simulator sends in them, without press, at --scale 1.
MONTHS_OF_ALL = ("--from", "2024-03", "--to", "2025-12")
SENT_AT_SCALE_ONE = 6500
# Sources that agreed to rows of counts before they agreed to events take such a row of any earlier month: area and type that they know.
COUNTS = {"rescue": ("Ekeby", "2"), "police": ("Ekeby", "Stöld"), "citizen": ("Vialund", "skadegorelse"), "housing": ("Centrum", "hund"),
          "staff": ("Vialund", "skadegorelse")}


class Simulator:
    """The simulator at a rate, in the background, unsigned, for longer than the bench lasts."""

    def __init__(self, i, rate, seconds):
        scale = rate * seconds // SENT_AT_SCALE_ONE + 1
        self.process = subprocess.Popen([i.program("simulator"), "--live", *MONTHS_OF_ALL, "--rate", str(rate), "--scale", str(scale),
                                         "--sources", ",".join(s for s in SOURCES if s != "press")], stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL, env=i.env)

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        self.process.terminate()
        self.process.wait()


class AllMarkers:
    """Sends a marker of any source that can have one: of press a notice (live.py), of the others a row of counts of a month that has no other. Social
    services send rows of counts of the latest years only, a few hundred in all: no marker."""

    def __init__(self, i):
        self.press = Markers(i)
        self.sender = Sender(i, {"linger.ms": "2"})  # as all our producers
        self.sources = ("press", *COUNTS)

    def send(self, number_of):
        """The n-th marker: its source."""
        source = self.sources[number_of % len(self.sources)]
        if source == "press":
            self.press.send(number_of)
            return source
        area, kind = COUNTS[source]
        period = f"{1970 + number_of // 12}-{number_of % 12 + 1:02}"
        row = {"period": period, "kommun": "1881", "omrade": area, "typ": kind, "antal": 12}
        headers = [("ce_specversion", "1.0"), ("ce_id", period), ("ce_source", f"/marker/{source}"), ("ce_type", f"lagesbild.feed.{source}"),
                   ("content-type", "application/json")]
        self.sender.send(json.dumps(row).encode(), key=f"{period}|1881|{area}|{kind}".encode(), headers=headers, partition=number_of % 4,
                         topic=f"feed.{source}")
        return source

    def close(self):
        self.press.close()


def delay_of(session, number_of, sent, until):
    """Milliseconds from sent until the marker's cell can be seen by others; where that is later than until, at least so long."""
    try:
        poll(f"marker {number_of}", lambda: session.value(MARKER_SEEN.format(number_of)) == "t", max(1, until - sent), ASK_EVERY)
    except TimeoutError:
        pass
    return (time.monotonic() - sent) * 1000


def sample(session, markers, until):
    """Markers one after the other until then: {source: delays, ms}."""
    delays, n = {}, len(markers.sources)
    for opening in range(n):  # the first ones open the connections
        markers.send(opening)
    while n < MARKERS and time.monotonic() < until - 1:
        sent = time.monotonic()
        source = markers.send(n)
        delays.setdefault(source, []).append(delay_of(session, n, sent, until))
        time.sleep(0.083)  # not in step with any timer of the services
        n += 1
    time.sleep(max(0, until - time.monotonic()))
    return delays


def lag(i, session):
    """Messages published and not accounted for, at most: asking takes a moment, in which some are published."""
    done = int(session.value(RECEIVED))
    return max(0, records_on(i, *FEEDS) - done)


def counted(i, session):
    return {f"normalizer-{source}": int(session.value(BY_FEED.format(f"{i.prefix}feed.{source}"))) for source in SOURCES}


def print_services(i, seconds, spent, counts, delays):
    """A line for each process: messages a second, CPU in % of one core, resident memory, delay."""
    print(f"    {'process':20} {'medd/s':>8} {'CPU %':>7} {'MiB nu':>8} {'högst':>8} {'median ms':>10} {'störst':>8}")
    for name, cpu in spent.items():
        of = delays.get(name.removeprefix("normalizer-"))
        now, highest = resident_mib(i.processes[name].pid) if name in i.processes else ("", "")
        cells = (number(counts[name] / seconds) if name in counts else "", number(cpu / seconds * 100), now and number(round(now, 1)),
                 highest and number(round(highest, 1)), number(round(percentile(of, 0.5), 1)) if of else "", number(round(max(of), 1)) if of else "")
        print(f"    {name:20} {cells[0]:>8} {cells[1]:>7} {cells[2]:>8} {cells[3]:>8} {cells[4]:>10} {cells[5]:>8}")
    print(flush=True)


def settle(i, session):
    """Wait until what came while the services started is worked off; a machine too slow for the load never gets there, and the figures shall say so."""
    try:
        poll("the beginning is worked off", lambda: lag(i, session) < RATE // 2, 60, 0.5)
    except TimeoutError:
        print(f"    efter en minut ligger {lag(i, session)} meddelanden kvar: lasten är för stor för maskinen just nu", flush=True)


def measure(table, i, session, others):
    """SECONDS of steady load, from messages already flowing."""
    markers = AllMarkers(i)
    meter = Meter({**{name: i.processes[name] for name in SERVICES}, **others})
    before, started = counted(i, session), time.monotonic()
    delays = sample(session, markers, started + SECONDS)
    behind = lag(i, session)
    after, seconds, spent = counted(i, session), time.monotonic() - started, meter.spent()
    markers.close()
    print_services(i, seconds, spent, {name: after[name] - before[name] for name in after}, delays)
    every = [d for of in delays.values() for d in of]
    table.add("national: räknade", sum(after.values()) / seconds - sum(before.values()) / seconds, "/s", goal=("≥", RATE * 0.98))
    table.add("national: ogjort vid slutet", behind, "meddelanden", goal=("≤", RATE))
    table.add("national: från publicerad till synlig, median", percentile(every, 0.5), "ms", goal=("≤", 100))
    table.add("national: från publicerad till synlig, p99", percentile(every, 0.99), "ms", goal=("≤", 1000))
    table.add(f"national: från publicerad till synlig, störst av {len(every)}", max(every), "ms")
    table.add("national: CPU tjänsterna, av 100 % per kärna", sum(spent[name] for name in SERVICES) / seconds * 100, "%")
    table.add("national: CPU allt, med last och servrar", sum(spent.values()) / seconds * 100, "%")
    highest = {name: resident_mib(i.processes[name].pid)[1] for name in SERVICES}
    name = max(highest, key=highest.get)
    table.add(f"national: minne, störst ({name})", highest[name], "MiB", goal=("≤", 64))
    table.add("national: minne, alla åtta", sum(highest.values()), "MiB")


def national(table, options):
    """All seven normalizers and the aggregator under 10,000 messages a second for a minute: 2,000 of the archive (press), 8,000 of the simulator (the other
    six, in their own proportions: social services' rows are few). Does it keep up, from publish to visible in the cells (sampled for six sources), CPU and
    memory of each. Whole, verified and nearly without rejects at the end."""
    del options
    with Installation("bench_national") as i, Session(i.env) as session:
        for name in SERVICES:
            i.start(name)
        with Load(i, PRESS_RATE) as press, Simulator(i, RATE - PRESS_RATE, SECONDS + 120) as simulator:
            poll("the load arrives", lambda: int(session.value(RECEIVED)) > 5 * RATE, 120, 0.1)
            settle(i, session)
            measure(table, i, session, {"collector": press.collector, "simulator": simulator.process})
        poll("every message accounted for", lambda: lag(i, session) == 0, 300, 0.5)
        poll("the figures agree", lambda: "consistent" in i.run("lagesbild", "verify", check=False).stdout, 60, 1)
        rejects, total = int(session.value(REJECTED)), int(session.value(RECEIVED))
        if rejects > total / 100:
            raise AssertionError(f"{rejects} of {total} messages were rejected; that is no load")
        for name in SERVICES:
            i.stop(name)
