"""Benchmark of rebuild: the log in Kafka into an attached build, beside the bare COPY and index build of the same rows."""
import json
import os
import resource
import time

from backlog import MESSAGES, advance, copies_for
from installation import Installation, archive
from probe import Session

COLUMNS = 'build, id, revision, received_at, partition, "offset", epoch, hash, slot, occurred_from, n, place, type, state'
# What the table of a build is, and nothing around it: one session copies binary rows from a file of the server's, then builds the two indexes.
CEILING = f"""SET maintenance_work_mem = '256MB';
BEGIN;
CREATE TABLE bare (LIKE lagesbild_store.ledger INCLUDING DEFAULTS INCLUDING STORAGE);
COPY bare ({COLUMNS}) FROM '{{file}}' (FORMAT binary, FREEZE);
ALTER TABLE bare ADD PRIMARY KEY (id, build);
CREATE INDEX ON bare (build, (slot >> 40), ((slot >> 8) & 63), state) WHERE state IN ('a', 'i', 'u');
COMMIT;
"""


ROUNDS = 3  # the best of each counts: both take a second or two, and a machine does other things as well


def ceiling(i, session):
    """Seconds of the bare way."""
    file = os.path.join(session.value("SHOW data_directory"), "bench_rows.bin")
    i.psql(f"COPY (SELECT {COLUMNS} FROM lagesbild_store.ledger WHERE build = 1) TO '{file}' (FORMAT binary)")
    began = time.monotonic()
    i.psql(CEILING.format(file=file))
    seconds = time.monotonic() - began
    i.psql(f"DROP TABLE bare; COPY (SELECT 1 WHERE false) TO '{file}'")
    return seconds


def rebuild(table, options):
    """Rows a second from topic incidents into an indexed and attached build, with its cells, hours, places and change log; a million incidents, with --long
    ten million. The ceiling is COPY and index build of the same ledger rows alone."""
    copies = copies_for(MESSAGES, archive())
    with Installation("bench_rebuild") as i, Session(i.env) as session:
        for done in range(10 if options.long else 1):
            advance(i, session, copies, done)
        rows = int(session.value("SELECT count(*) FROM lagesbild_store.ledger"))
        bare, seconds = None, None
        for _ in range(1 if options.long else ROUNDS):
            i.psql("CHECKPOINT")
            bare = min(ceiling(i, session), bare or 1e9)
            i.psql("CHECKPOINT")
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            began = time.monotonic()
            said = json.loads(i.run("lagesbild", "rebuild", "--into", "bench", "--json", timeout=1200).stdout)
            seconds = min(time.monotonic() - began, seconds or 1e9)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            assert said["incidents"] == rows, (said, rows)
            cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            i.run("lagesbild", "drop", "bench", "--yes")
        table.add(f"rebuild: {said['records'] / 1e6:.1f} M poster, rader/s", rows / seconds, "/s", rows / bare, ("≥", 0.6), True)
        table.add("rebuild: CPU i processen", cpu * 1e6 / said["records"], "µs/post")
        table.add("rebuild: minne, störst", after.ru_maxrss / 1024, "MiB", goal=("≤", 1536))
        table.add("rebuild: tid", seconds, "s")
