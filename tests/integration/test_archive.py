"""The archive of press notices, delivered in every way that must not matter: the cells are the Python reference's, row by row.

In order (the large archive where it is, once), twice, shuffled, without keys over all partitions, through two normalizers and three
aggregators, and with old versions last. ARCHIVE_SEED repeats a shuffle; ARCHIVE_LINES is the length of the slice that the variants use.
"""
import json
import os
import random
import re
import subprocess
import sys

from faults import balance, lines_of, say
from installation import ROOT, Installation, archive, wait_for

NORMALIZER = "normalizer-press"
LINES = int(os.environ.get("ARCHIVE_LINES", "6000"))
SEED = int(os.environ.get("ARCHIVE_SEED", str(random.randrange(1 << 30))))
REFERENCE = os.path.join(ROOT, "tests", "reference")
HOURS = "month,municipality,area,category,source,weekday,hour,n"


def hour_cells(i, path):
    rows = i.psql(f"SELECT {HOURS} FROM lagesbild.hour_cell ORDER BY 1, 2, 3, 4, 5, 6, 7")
    with open(path, "w", encoding="utf-8") as f:
        f.writelines(",".join(row) + "\n" for row in [HOURS.split(",")] + rows)


def same_cells(i, events):
    """month_cell and hour_cell against the reference's reading of `events`."""
    expected, actual = os.path.join(i.dir, "expected.csv"), os.path.join(i.dir, "actual.csv")
    for name, option, write in (("month_cell", [], i.month_cells), ("hour_cell", ["--hours"], lambda path: hour_cells(i, path))):
        with open(expected, "w", encoding="utf-8") as f:
            subprocess.run([sys.executable, os.path.join(REFERENCE, "press.py"), *option, events], stdout=f, check=True)
        write(actual)
        compared = subprocess.run([sys.executable, os.path.join(REFERENCE, "compare.py"), expected, actual], capture_output=True, text=True,
                                  check=False)
        assert compared.returncode == 0, f"{name} differs from the reference:\n{compared.stdout}{compared.stderr}"
        rows = int(compared.stdout.split()[0])
        assert rows > 100, f"{name}: only {rows} rows were compared"
        say(f"  {name}: {compared.stdout.strip()}")


def whole(i, published, events):
    """Everything published is accounted for once, nothing is lost, the figures are the reference's. The balance."""
    assert "consistent" in i.verify(180)
    b = balance(i)
    assert b["received"] == published, f"{published} messages were published, but {b}"
    assert b["lost"] == 0 and b["difference"] == 0, b
    assert sum(b[name] for name in ("upserted", "duplicate", "superseded", "withdrawn", "rejected")) == published, b
    same_cells(i, events)
    say(f"  {b}")
    return b


def start(i, normalizers=1, aggregators=1):
    for n in range(normalizers):
        i.start(f"n{n}", NORMALIZER)
    for n in range(aggregators):
        i.start(f"a{n}", "aggregator")


def shared_out(i, names):
    """Every one of the members has had partitions of its own."""
    wait_for("every member has partitions", lambda: all(re.search('event=assigned text="[1-9]', i.log(n)) for n in names))


def published(text):
    return int(text.split("published ")[1].split(",")[0])


def write(i, name, lines):
    path = os.path.join(i.dir, name)
    with open(path, "wb") as f:
        f.writelines(lines)
    return path


def in_order_and_twice():
    say("in order, the whole archive; then its first lines again")
    with Installation("inorder") as i:
        start(i)
        events = archive()
        total = published(i.collect(events))
        first = whole(i, total, events)
        assert first["upserted"] > 0 and first["redelivered"] == 0, first
        again = published(i.collect(write(i, "again.ndjson", lines_of(LINES))))
        second = whole(i, total + again, events)
        # What comes again is the same or older: never a new figure.
        assert second["upserted"] == first["upserted"], (first, second)
        assert second["duplicate"] + second["superseded"] == first["duplicate"] + first["superseded"] + again, (first, second)


def twice(lines):
    say("each message twice")
    with Installation("twice") as i:
        start(i)
        events = write(i, "slice.ndjson", lines)
        total = published(i.collect(events, "--repeat-share", "1"))
        assert total == 2 * len(lines), total
        b = whole(i, total, events)
        assert b["duplicate"] >= len(lines), b


def shuffled(lines):
    say(f"shuffled, ARCHIVE_SEED={SEED}; spread without keys")
    mixed = list(lines)
    random.Random(SEED).shuffle(mixed)
    with Installation("shuffled") as i:
        start(i)
        events = write(i, "shuffled.ndjson", mixed)
        b = whole(i, published(i.collect(events, "--no-key")), write(i, "slice.ndjson", lines))
        parts = i.psql("SELECT partition FROM lagesbild.balance WHERE received > 0")
        assert len(parts) == i.partitions, f"without keys the messages came to partitions {parts} only"
        assert b["superseded"] > 0, "the slice has no two versions of one notice, so its order proves nothing"


def shared(lines):
    say("two normalizers, three aggregators, shuffled with keys")
    mixed = list(lines)
    random.Random(SEED + 1).shuffle(mixed)
    with Installation("shared", partitions=6) as i:
        start(i, normalizers=2, aggregators=3)
        shared_out(i, list(i.processes))
        whole(i, published(i.collect(write(i, "shuffled.ndjson", mixed))), write(i, "slice.ndjson", lines))


def old_versions_last(lines):
    """Of each notice with several versions the newest comes first, and the older ones after everything else."""
    say("old versions last")
    newest = {}
    for number, line in enumerate(lines):
        newest[json.loads(line)["event"]["id"]] = number
    last = set(newest.values())
    first = [line for number, line in enumerate(lines) if number in last]
    late = [line for number, line in enumerate(lines) if number not in last]
    assert late, "the slice has no two versions of one notice"
    with Installation("late") as i:
        start(i)
        b = whole(i, published(i.collect(write(i, "late.ndjson", first + late))), write(i, "slice.ndjson", lines))
        assert b["superseded"] + b["duplicate"] >= len(late), (b, len(late))


def main():
    # From a stretch where notices are often published again with changes, so that order could matter.
    lines = lines_of(LINES, skip=20000) or lines_of(LINES)
    in_order_and_twice()
    twice(lines)
    shuffled(lines)
    shared(lines)
    old_versions_last(lines)


if __name__ == "__main__":
    main()
