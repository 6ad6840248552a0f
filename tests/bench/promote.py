"""Benchmark of promote and rollback under load and 50 readers."""
import threading
import time

from backlog import SERVICES, publish
from builds import PARENT, Readers, behind, current, make
from installation import Installation
from live import RATE, Load, percentile
from probe import Session, poll

READERS, MOVES, PAUSE_S = 50, 20, 0.25
# Who waits for a lock in this database at this moment, how long already (PostgreSQL notes when each wait began), for the command or not, and with what.
WAITING = r"""SELECT coalesce((SELECT string_agg(concat_ws('|', round(extract(epoch FROM clock_timestamp() - l.waitstart) * 1000, 1),
 EXISTS (SELECT FROM pg_stat_activity b WHERE b.pid = ANY (pg_blocking_pids(l.pid)) AND b.application_name = 'lagesbild'), a.application_name || ': ' ||
 translate(left(regexp_replace(regexp_replace(a.query, '^(--[^\n]*\n)+', ''), '\s+', ' ', 'g'), 60), '|;', '')), ';')
 FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE l.waitstart IS NOT NULL AND a.datname = current_database()), '')"""


class Waits(threading.Thread):
    """Samples lock waits, some hundred times a second: the longest of all, and the longest for the command."""

    def __init__(self, env):
        super().__init__(daemon=True)
        self.session, self.samples, self.ended = Session(env), 0, threading.Event()
        self.longest, self.what, self.for_command = 0.0, "ingen", 0.0
        self.start()

    def run(self):
        while not self.ended.wait(0.003):
            self.samples += 1
            for one in filter(None, self.session.value(WAITING).split(";")):
                waited, command, what = one.split("|", 2)
                self.for_command = max(self.for_command, float(waited) if command == "t" else 0)
                if float(waited) > self.longest:
                    self.longest, self.what = float(waited), what

    def stop(self):
        self.ended.set()
        self.join()
        self.session.close()


def times(readers, since):
    return [seconds * 1000 for began, seconds in readers.answers if began >= since]


def moves(i):
    """ms that each promote and rollback took, waiting for the target to have everything included."""
    took = []
    for n in range(MOVES):
        args = ("rollback",) if current(i) == "next" else ("promote", "next")
        began = time.monotonic()
        i.run("lagesbild", *args, "--wait", "30")
        took.append((time.monotonic() - began) * 1000)
        time.sleep(PAUSE_S + 0.013 * n)
    return took


def promote(table, options):
    """20 moves between two builds at 1,000 messages a second with 50 sessions that ask for sums over cells and roll-ups: how long the command takes, the
    longest wait for a lock that the command held, the longest for any (two builds' aggregators wait for each other's commit when both have the same reject),
    and how long answers take, beside the same seconds without a move. An answer of two builds or a failed one ends it."""
    del options
    with Installation("bench_promote") as i:
        for name in SERVICES:
            i.start(name, env=PARENT)
        make(i, "next", moved=True)
        publish(i, 1)
        i.verify(300)
        poll("the other build has it all", lambda: behind(i, "next") == 0, 300, 0.5)
        with Load(i), Readers(i, READERS, {"next"}, pause_s=2.0) as readers:
            poll("every reader reads", lambda: all(r.answers for r in readers.all), 120, 0.1)
            since, before = time.monotonic(), Waits(i.env)
            time.sleep(MOVES * PAUSE_S * 2)
            before.stop()
            quiet, since, waits = times(readers, since), time.monotonic(), Waits(i.env)
            took = moves(i)
            moving = times(readers, since)
            waits.stop()
        back = sum(r.went_back for r in readers.all)
        table.add("promote: kommandot, median", percentile(took, 0.5), "ms")
        table.add("promote: kommandot, längst", max(took), "ms", goal=("≤", 1000))
        table.add("promote: längsta väntan på kommandots lås", waits.for_command, "ms", goal=("≤", 100))
        table.add("promote: längsta väntan på något lås, utan flytt", before.longest, "ms")
        table.add("promote: längsta väntan på något lås, medan det flyttas", waits.longest, "ms")
        print(f"      {waits.samples} prov; den som väntade längst: {waits.what}", flush=True)
        table.add("promote: svar utan flytt, p99", percentile(quiet, 0.99), "ms")
        table.add("promote: svar medan det flyttas, p99", percentile(moving, 0.99), "ms")
        table.add("promote: längsta svar utan flytt", max(quiet), "ms")
        table.add("promote: längsta svar medan det flyttas", max(moving), "ms")
        table.add("promote: svar som låg ett ögonblick bakom", back, "av " + str(len(quiet) + len(moving)))
        for name in SERVICES:
            i.stop(name)
