"""Benchmarks of the whole line on a backlog: line, growth and flat.

BENCH_MESSAGES: how many messages instead of a million, for a quick look. BENCH_UNSIGNED=1: notices as the collector sends them live instead of signed
history. BENCH_PERF=DIR: profiles of the services (perf) into DIR.
"""
import csv
import io
import os
import re
import subprocess
import sys
import time

from installation import ROOT, Installation, archive
from probe import Meter, Session, forget_peak, number, poll, resident_mib

SERVICES = ("normalizer-press", "aggregator")
RECEIVED = "SELECT coalesce(sum(received - lost), 0) FROM balance"
MESSAGES = int(os.environ.get("BENCH_MESSAGES", "1000000"))
SHIFT = 20_000_000  # of the ids of the next million; press ids have at most 9 digits


def copies_for(messages, path):
    """How many copies of the archive make so many messages."""
    unpack = subprocess.run(f"xz -dc '{path}' | wc -l", shell=True, capture_output=True, text=True, check=True)
    return max(1, -(-messages // int(unpack.stdout)))


def publish(i, copies, shift=0, signed=True):
    """The archive so many times, 2 % of it twice, 1 % of it again at the end (old versions, late): messages published."""
    args = ["--copies", str(copies), "--repeat-share", "0.02", "--late-share", "0.01", "--id-shift", str(shift)]
    said = i.collect(archive(), *args, *([] if signed else ["--no-backfill"]))
    return int(re.search(r"published (\d+), skipped 0", said)[1])


def none_refused(session):
    """A bench of refused messages would measure something else."""
    refused = int(session.value("SELECT coalesce(sum(rejected), 0) FROM balance"))
    if refused:
        raise AssertionError(f"{refused} messages were refused")


def start_services(i):
    for name in SERVICES:
        i.start(name)
    return {name: i.processes[name] for name in SERVICES}


def expected_cells(copies):
    """month_cell of the archive by the independent reference, times the copies."""
    done = subprocess.run([sys.executable, os.path.join(ROOT, "tests/reference/press.py"), "--schemas", os.path.join(ROOT, "schemas"),
                           archive()], capture_output=True, text=True, check=True)
    columns = ("month", "municipality", "area", "category", "source")
    return {tuple(r[c] for c in columns): int(r["n"]) * copies for r in csv.DictReader(io.StringIO(done.stdout))}


def check_cells(i, copies):
    """Every cell must be the reference's times the copies."""
    expected = expected_cells(copies)
    rows = i.psql("SELECT month, municipality, area, category, source, n FROM lagesbild.month_cell")
    actual = {tuple(r[:5]): int(r[5]) for r in rows}
    wrong = [k for k in expected.keys() | actual.keys() if expected.get(k) != actual.get(k)]
    if wrong:
        raise AssertionError(f"{len(wrong)} of {len(expected)} cells are wrong, first {wrong[0]}: {actual.get(wrong[0])} "
                             f"instead of {expected.get(wrong[0])}")
    print(f"    {len(expected)} celler i month_cell är rätt, summa {sum(expected.values())}", flush=True)


def drain(i, session, published, interval=0.1, profile=None):
    """Start the services on what is published: seconds until the last commit, CPU of each part in µs a message."""
    started = time.monotonic()
    before = int(session.value(RECEIVED))
    meter = Meter(start_services(i))
    if profile:
        profile(i)
    ended = poll("every message accounted for", lambda: int(session.value(RECEIVED)) - before >= published, 600, interval)
    spent = meter.spent()
    return ended - started, {name: s * 1e6 / published for name, s in spent.items()}


def profile_with_perf(i):
    """perf.data of each service, for whoever optimises."""
    for name in SERVICES:
        subprocess.Popen(["perf", "record", "-q", "-g", "-F", "499", "-o", f"{os.environ['BENCH_PERF']}/{name}.data", "-p",
                          str(i.processes[name].pid)], stderr=subprocess.DEVNULL)


def line(table, options):
    """A backlog of a million notices (signed history) on feed.press; the services start; messages a second from their start to the last commit."""
    del options
    copies = copies_for(MESSAGES, archive())
    signed = os.environ.get("BENCH_UNSIGNED") is None
    with Installation("bench_line") as i, Session(i.env) as session:
        published = publish(i, copies, signed=signed)
        print(f"    {published} meddelanden ({'signerad historik' if signed else 'osignerade, utan backfill'}), {copies} kopior av "
              f"{os.path.basename(archive())}", flush=True)
        seconds, micros = drain(i, session, published, profile=profile_with_perf if os.environ.get("BENCH_PERF") else None)
        table.add("line: meddelanden/s från start", published / seconds, "/s", goal=("≥", 120_000))
        for name, us in micros.items():
            table.add(f"line: CPU {name}", us, "µs/medd")
        table.add("line: CPU summa", sum(micros.values()), "µs/medd")
        check_cells(i, copies)
        for name in SERVICES:
            i.stop(name)


def growth(table, options):
    """µs a message of wall time and of the database as the ledger grows: 1 and 4 million rows, with --long 16. The ceiling is the first million, into an
    empty ledger, where rows are copied in; behind a ledger that has rows a service that starts upserts, which costs more by itself: so at most twice."""
    copies = copies_for(MESSAGES, archive())
    first = (None, None)
    with Installation("bench_growth") as i, Session(i.env) as session:
        done = 0
        for millions in (1, 4, 16) if options.long else (1, 4):
            while done < millions - 1:
                advance(i, session, copies, done)
                done += 1
            seconds, micros, published = advance(i, session, copies, done)
            done += 1
            rows = int(session.value("SELECT sum(upserted) FROM balance")) / 1e6
            spent = (seconds * 1e6 / published, micros["PostgreSQL"])
            for what, now, then in zip(("vägg", "PostgreSQL"), spent, first):
                table.add(f"growth: liggare {number(rows)} M rader, {what}", now, "µs/medd", then, ("≤", 2) if then else None, bool(then))
            first = first if first[0] else spent


def advance(i, session, copies, done):
    """One million more, under new ids."""
    published = publish(i, copies, shift=done * SHIFT)
    seconds, micros = drain(i, session, published)
    none_refused(session)
    for name in SERVICES:
        i.stop(name)
    return seconds, micros, published


def flat(table, options):
    """Highest resident memory of both services, never restarted, while the first, the second and (with --long) the fifth and the tenth million messages
    stream through, nearly all of them new incidents. What the services hold depends on how far behind they happen to be, so a million is held against
    the larger of the first two: at most a quarter more, and never more than 256 MiB."""
    copies = copies_for(MESSAGES, archive())
    with Installation("bench_flat") as i, Session(i.env) as session:
        processes = start_services(i)
        first, highest, published = dict.fromkeys(SERVICES, 0), dict.fromkeys(SERVICES, 0), 0
        for done in range(1, (10 if options.long else 2) + 1):
            for process in processes.values():
                forget_peak(process.pid)
            published += publish(i, copies, shift=(done - 1) * SHIFT)
            poll("every message accounted for", lambda: int(session.value(RECEIVED)) >= published, 900, 0.1)
            none_refused(session)
            for name, process in processes.items():
                now = resident_mib(process.pid)[1]
                highest[name] = max(highest[name], now)
                if done <= 2:
                    first[name] = max(first[name], now)
                if done in (1, 2, 5, 10):
                    late = done > 2
                    table.add(f"flat: {name}, {number(published / 1e6)} M meddelanden", now, "MiB", first[name] if late else None,
                              ("≤", 1.25) if late else None, late)
        for name in SERVICES:
            table.add(f"flat: {name}, högst", highest[name], "MiB", goal=("≤", 256))
            i.stop(name)
