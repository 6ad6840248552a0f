"""Benchmarks of one service alone against a bare loop in the same run: normalizer and aggregator."""
import os
import re
import subprocess

from backlog import MESSAGES, RECEIVED, copies_for, publish
from installation import BUILD, Installation, archive
from probe import Session, cpu_seconds, poll


def bare(i, program, *args):
    """Run a ceiling's program in the installation's environment: the numbers it prints, by name."""
    done = subprocess.run([os.path.join(BUILD, "tests", program), *map(str, args)], env=i.env, text=True, capture_output=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{program}: {done.stderr}")
    words = done.stdout.split()
    return {words[k]: float(words[k + 1]) for k in range(0, len(words), 2)}


def records_on_incidents(i):
    """How many records topic incidents holds (its log begins at 0)."""
    asked = [arg for p in range(i.partitions) for arg in ("-t", f"{i.prefix}incidents:{p}:-1")]
    said = subprocess.run(["kcat", "-b", i.env["KAFKA_BOOTSTRAP_SERVERS"], "-Q", *asked], capture_output=True, text=True, check=True).stdout
    return sum(int(n) for n in re.findall(r"offset (\d+)", said))


def logged(i, name, event):
    """Wait until the service has logged the event."""
    poll(f"{name}: {event}", lambda: re.search(rf"event={event}\b", i.log(name)), 60, 0.02)


def normalize(i, published):
    """Run the normalizer over the whole feed: CPU seconds from its readiness on."""
    i.start("normalizer-press")
    pid = i.processes["normalizer-press"].pid
    logged(i, "normalizer-press", "ready")
    before = cpu_seconds(pid)
    poll("incidents filled", lambda: records_on_incidents(i) >= published, 300, 0.25)
    spent = cpu_seconds(pid) - before
    i.stop("normalizer-press")
    return spent


def normalizer(table, options):
    """Messages a second of process CPU, against a loop that only copies; unsigned and signed (imported history)."""
    del options
    copies = copies_for(MESSAGES // 2, archive())
    for kind, signed in (("osignerat", False), ("signerad historik", True)):
        with Installation("bench_normalizer") as i:
            published = publish(i, copies, signed=signed)
            ceiling = bare(i, "passthrough", f"{i.prefix}feed.press", f"{i.prefix}copy", published)
            if ceiling["messages"] < published:
                raise AssertionError(f"the bare loop delivered {ceiling['messages']:.0f} of {published}")
            table.add(f"normalizer: {kind}", published / normalize(i, published), "/s CPU", ceiling["messages"] / ceiling["cpu"], ("≥", 0.4), True)


def aggregator(table, options):
    """Records a second of a filled topic incidents, against the same transactions from memory on an empty database."""
    del options
    copies = copies_for(MESSAGES, archive())
    with Installation("bench_aggregator") as i, Session(i.env) as session:
        published = publish(i, copies)
        normalize(i, published)
        before = bare_transactions(i, published)
        i.start("aggregator")
        logged(i, "aggregator", "assigned")
        started = poll("started", lambda: True, 1, 0)
        ended = poll("every record committed", lambda: int(session.value(RECEIVED)) >= published, 600, 0.05)
        i.stop("aggregator")
        # Twice, around the figure: what disturbs the machine meanwhile must not make the ceiling low.
        ceiling = max(before, bare_transactions(i, published))
        table.add("aggregator: poster/s", published / (ended - started), "/s", ceiling, ("≥", 0.7), True)


def bare_transactions(filled, published):
    """The ceiling, on an empty installation beside the filled one, whose topic it reads."""
    batch = filled.env.get("LAGESBILD_BATCH_MAX", "50000")
    with Installation("bench_bare") as empty:
        done = bare(empty, "bare_sql", f"{filled.prefix}incidents", published, batch)
    if done["records"] != published:
        raise AssertionError(f"the bare transactions wrote {done['records']:.0f} of {published}")
    return done["records"] / done["wall"]
