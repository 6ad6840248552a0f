"""Benchmarks of one service alone against a bare loop in the same run: normalizer, sources and aggregator."""
import os
import re
import subprocess

from backlog import MESSAGES, RECEIVED, copies_for, publish
from installation import BUILD, Installation, archive
from probe import Session, cpu_seconds, number, poll

SOURCE_MESSAGES = MESSAGES * 3 // 10
# What the simulator sends of a source in five years at --scale 1. Social services send rows of counts, whose number no scale changes.
AT_SCALE_ONE = {"press": 178, "police": 7240, "rescue": 2590, "social": None, "housing": 2870, "citizen": 700, "staff": 3900}


def bare(i, program, *args):
    """Run a ceiling's program in the installation's environment: the numbers it prints, by name."""
    done = subprocess.run([os.path.join(BUILD, "tests", program), *map(str, args)], env=i.env, text=True, capture_output=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{program}: {done.stderr}")
    words = done.stdout.split()
    return {words[k]: float(words[k + 1]) for k in range(0, len(words), 2)}


def records_on(i, *topics, partitions=None):
    """How many records the topics hold (their logs begin at 0)."""
    asked = [arg for topic in topics for p in range(partitions or i.partitions) for arg in ("-t", f"{i.prefix}{topic}:{p}:-1")]
    said = subprocess.run(["kcat", "-b", i.env["KAFKA_BOOTSTRAP_SERVERS"], "-Q", *asked], capture_output=True, text=True, check=True).stdout
    return sum(int(n) for n in re.findall(r"offset (\d+)", said))


def logged(i, name, event):
    """Wait until the service has logged the event."""
    poll(f"{name}: {event}", lambda: re.search(rf"event={event}\b", i.log(name)), 60, 0.02)


def normalize(i, published, source="press"):
    """Run the normalizer over the whole feed: CPU seconds from its readiness on."""
    name = f"normalizer-{source}"
    i.start(name)
    pid = i.processes[name].pid
    logged(i, name, "ready")
    before = cpu_seconds(pid)
    poll("incidents filled", lambda: records_on(i, "incidents") >= published, 300, 0.25)
    spent = cpu_seconds(pid) - before
    i.stop(name)
    return spent


def copied(i, published, source="press"):
    """The ceiling: messages a second of CPU of a loop that copies the feed."""
    done = bare(i, "passthrough", f"{i.prefix}feed.{source}", f"{i.prefix}copy", published)
    if done["messages"] < published:
        raise AssertionError(f"the bare loop delivered {done['messages']:.0f} of {published}")
    return done["messages"] / done["cpu"]


def normalizer(table, options):
    """Messages a second of process CPU, against a loop that only copies; unsigned and signed (imported history)."""
    del options
    copies = copies_for(MESSAGES // 2, archive())
    for kind, signed in (("osignerat", False), ("signerad historik", True)):
        with Installation("bench_normalizer") as i:
            published = publish(i, copies, signed=signed)
            ceiling = copied(i, published)
            table.add(f"normalizer: {kind}", published / normalize(i, published), "/s CPU", ceiling, ("≥", 0.4), True)


def simulate(i, source):
    """The simulator's feed of a source until SOURCE_MESSAGES and more have been sent, unsigned: messages published."""
    scale = AT_SCALE_ONE[source] and max(1, round(SOURCE_MESSAGES * 1.1 / AT_SCALE_ONE[source]))
    published, seed = 0, 0
    while published < SOURCE_MESSAGES:
        seed += 1
        said = i.run("simulator", "--live", "--sources", source, "--scale", str(scale or 10), "--seed", str(seed), timeout=600).stdout
        published += int(re.search(r"^(\d+) messages", said)[1])
    return published


def round_of(source):
    """A feed, the bare loop over it, the normalizer over it: messages, and messages a second of CPU of both."""
    with Installation(f"bench_{source}") as i:
        published = simulate(i, source)
        ceiling = copied(i, published, source)
        rate = published / normalize(i, published, source)
        dead = records_on(i, "deadletters", partitions=1)
    if dead > published / 100:
        raise AssertionError(f"{dead} of {published} messages of {source} were refused; a normalizer that refuses is no measure")
    return published, rate, ceiling


def sources(table, options):
    """Every normalizer as in normalizer, on 300,000 messages and more of the simulator's feed of its source, unsigned (--live). Two rounds, the better of
    each: what disturbs the machine meanwhile only ever makes slower, the ceiling as well as the figure."""
    del options
    for source in AT_SCALE_ONE:
        published, rates, ceilings = zip(*(round_of(source) for _ in range(2)))
        table.add(f"sources: {source}, {number(published[0])} osignerade", max(rates), "/s CPU", max(ceilings), ("≥", 0.4), True)


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
