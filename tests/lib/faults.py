"""What the fault tests share: a slice of the archive, the figures it must give, named crash points, the balance, publishing under way."""
import json
import os
import signal
import subprocess
import sys
import threading

from equal import check_rebuilt
from installation import ROOT, archive, wait_for

os.environ.setdefault("LAGESBILD_REPLICATION", "1")
NORMALIZER = "normalizer-press"
AGGREGATOR = "aggregator"


def say(text):
    print(text, flush=True)


# ---- what is published, and what must come of it ----

def lines_of(count, skip=0):
    """`count` lines of the archive (of the sample, which is shorter, where it is not there), from line `skip` on."""
    with subprocess.Popen(["xz", "-dc", archive()], stdout=subprocess.PIPE) as unpack:
        lines = []
        for number, line in enumerate(unpack.stdout):
            if number >= skip + count:
                break
            if number >= skip:
                lines.append(line)
        unpack.stdout.close()
        unpack.terminate()
    return lines


def write_slice(i, count, skip=0, name="slice.ndjson"):
    path = os.path.join(i.dir, name)
    with open(path, "wb") as f:
        f.writelines(lines_of(count, skip))
    return path


def events_of(path):
    """(key, value) of each line as the collector would publish it."""
    with open(path, "rb") as f:
        for line in f:
            event = json.loads(line)["event"]
            yield str(event["id"]).encode(), json.dumps(event, ensure_ascii=False).encode()


def check_cells(i, path):
    """month_cell must be what the Python reference makes of the lines in path."""
    expected, actual = os.path.join(i.dir, "expected.csv"), os.path.join(i.dir, "actual.csv")
    reference = os.path.join(ROOT, "tests", "reference")
    with open(expected, "w", encoding="utf-8") as f:
        subprocess.run([sys.executable, os.path.join(reference, "press.py"), path], stdout=f, check=True)
    i.month_cells(actual)
    done = subprocess.run([sys.executable, os.path.join(reference, "compare.py"), expected, actual], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise AssertionError("month_cell differs from the reference:\n" + done.stdout + done.stderr)
    say("  month_cell: " + done.stdout.strip())


BALANCE = ("received", "upserted", "duplicate", "superseded", "withdrawn", "rejected", "lost", "difference", "redelivered")


def balance(i):
    """The balance summed over all chains; difference as a sum of absolute values, so that none hides another."""
    sums = ", ".join(f"coalesce(sum(abs({name})), 0)" for name in BALANCE)
    row = i.psql(f"SELECT count(*), {sums} FROM lagesbild.balance")[0]
    return dict(zip(("chains",) + BALANCE, map(int, row)))


def check_whole(i, path, seconds=120):
    """Everything is accounted for, nothing is lost, the equation holds, the figures are right and those of a rebuild. The balance."""
    say("  verify: " + i.verify(seconds).strip().splitlines()[-1])
    b = balance(i)
    assert b["lost"] == 0 and b["difference"] == 0, b
    check_cells(i, path)
    check_rebuilt(i)
    return b


def taken(i):
    """How many records the aggregator has taken in."""
    return int(i.value("SELECT coalesce(sum(next), 0) FROM lagesbild_store.position JOIN lagesbild_store.build_current USING (build)"))


# ---- processes ----

def crash(i, name, program, point, env=None, seconds=60):
    """Start a service that kills itself at a named point; wait until it has."""
    process = i.start(name, program, env={"LAGESBILD_CRASH": point, **(env or {})})
    status = wait_for(f"{name} dies at {point}", lambda: process.poll() or 0, seconds)
    assert status == -signal.SIGKILL, f"{name} ended with {status} instead of dying at {point}"
    del i.processes[name]


def ends_with(i, name, status, words, seconds=60):
    """A service that must stop by itself, with this status and one failure line that has all the words."""
    process = i.processes[name]
    got = wait_for(f"{name} ends", lambda: [process.poll()] if process.poll() is not None else None, seconds)[0]
    del i.processes[name]
    failures = [line for line in i.log(name).splitlines() if "level=failure" in line or "session-ended" in line]
    assert got == status, f"{name} ended with {got}, not {status}: {failures}"
    assert len(failures) == 1, failures
    assert all(word in failures[0] for word in words), failures[0]
    say(f"  {name} ended with {got}: {failures[0].split('text=', 1)[-1]}")


def stopped(process):
    """Is it halted by SIGSTOP?"""
    with open(f"/proc/{process.pid}/stat", encoding="ascii") as f:
        return f.read().rsplit(")", 1)[1].split()[0] == "T"


class Publishing:
    """The collector at work in the background: with Publishing(i, path, rate) as p: ... — waits for its end when left. A killed broker may
    leave an idempotent producer in a fatal state; then the collector says so and is run again, as a person would: the rest is new, what it
    repeats is a duplicate."""

    def __init__(self, i, path, rate):
        self.failed = None
        self.thread = threading.Thread(target=self._run, args=(i, path, rate))

    def _run(self, i, path, rate):
        for _ in range(3):
            try:
                say("  " + i.collect(path, "--rate", str(rate)).strip())
                self.failed = None
                return
            except Exception as e:  # pylint: disable=broad-except
                self.failed = e
                if "Kafka refuses" not in str(e):
                    return

    @property
    def under_way(self):
        return self.thread.is_alive()

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, kind, *_):
        self.thread.join(180)
        if kind is None and (self.failed or self.under_way):
            raise RuntimeError(f"the collector failed: {self.failed or 'no end'}")
