"""Promote, rollback and drop under load and 50 readers: no failed query, no answer made of two builds; killed at every point they leave the
figures right and can be run again; the aggregator's parent is killed in the middle and nothing is lost.

The other build (`next`) has every type of category DAM in CON, so that an answer which mixes the two is told (lib/builds.py).
"""
import os
import random
import signal
import subprocess

from builds import PARENT, Readers, current, make
from equal import check_rebuilt
from faults import AGGREGATOR, NORMALIZER, Publishing, check_cells, say, write_slice
from installation import Installation, wait_for

os.environ.setdefault("LAGESBILD_REPLICATION", "1")
SEED = int(os.environ.get("PROMOTE_SEED", random.randrange(1 << 30)))
READERS = int(os.environ.get("PROMOTE_READERS", "50"))
EVENTS, MORE, RATE, MOVES = 8000, 4000, 400, 20
SMALL_BATCHES = {"LAGESBILD_BATCH_MAX": "200", **PARENT}


def move(i, *args):
    return i.run("lagesbild", *args, "--wait", "60").stdout.strip()


def wrong_figures(i):
    """What a reader would see now: 1 when it is not one build's."""
    with Readers(i, 1, {"next"}) as r:
        wait_for("an answer", lambda: r.answers, 30)
    return len(r.wrong)


def verify_both(i, path):
    """Each of the two as the current one: consistent, as many as there must be."""
    totals = {}
    for name in ("next", "live"):
        if current(i) != name:
            move(i, "promote", name)
        i.verify()
        totals[name] = i.value("SELECT sum(n) FROM lagesbild.month_cell")
    assert totals["live"] == totals["next"], totals
    check_cells(i, path)  # live is the current one now, and its rules are the reference's


def moved_under_load(i, more):
    say(f"{MOVES} moves to and fro, {READERS} readers, {RATE} messages a second")
    with Readers(i, READERS, {"next"}) as readers, Publishing(i, more, RATE) as load:
        wait_for("every reader reads", lambda: all(r.answers for r in readers.all), 120)
        moves = 0
        while moves < MOVES or (load.under_way and moves < 10 * MOVES):
            move(i, *(("rollback",) if current(i) == "next" else ("promote", "next")))
            moves += 1
        assert readers.seen == {"live", "next"}, readers.seen
        wait_for("every reader goes on", lambda n=len(readers.answers): len(readers.answers) > n + READERS, 120)
    say(f"  {moves} moves, {len(readers.answers)} answers, 0 failed, 0 of two builds; {sum(r.went_back for r in readers.all)} a moment behind the one before")


def killed(i, point, *args):
    done = i.run("lagesbild", *args, check=False, env={"LAGESBILD_CRASH": point})
    assert done.returncode == -signal.SIGKILL, (point, args, done.returncode, done.stderr)


def moves_killed(i):
    say("kill -9 of promote and rollback at each point")
    for args, before, after in ((("promote", "next"), "live", "next"), (("rollback",), "next", "live")):
        for point in ("promote-locked", "promote-moved"):
            killed(i, point, *args, "--wait", "60")
            assert current(i) == before and wrong_figures(i) == 0, point
        killed(i, "promote-committed", *args, "--wait", "60")
        assert current(i) == after and wrong_figures(i) == 0
        done = i.run("lagesbild", *args, check=False)
        assert done.returncode == 2, (args, done.stdout, done.stderr)  # it is so already, or there is nothing further back
        move(i, "promote", before)
        assert move(i, *args).startswith(f"{after} is current")
    assert i.value("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ExclusiveLock' AND database = "
                   "(SELECT oid FROM pg_database WHERE datname = current_database())") == "0"


def parent_killed(i, path, more):
    say(f"kill -9 of the parent under load, seed {SEED}")
    rng = random.Random(SEED)
    with Publishing(i, more, RATE) as load:
        kills = 0
        while load.under_way:
            wait_for("some time", lambda end=rng.randrange(2, 30): next(ticks) % end == 0, 30)
            i.kill(AGGREGATOR)
            i.start(AGGREGATOR, env=SMALL_BATCHES)
            kills += 1
            wait_for("both builds have writers", lambda: int(i.value(
                "SELECT count(DISTINCT objid) FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ShareLock' AND granted AND database = "
                "(SELECT oid FROM pg_database WHERE datname = current_database())")) == 2, 60)
    assert kills >= 3, "the load ended too soon: nothing was proven"
    say(f"  killed {kills} times")
    verify_both(i, path)


def ticks_():
    n = 0
    while True:
        n += 1
        yield n


ticks = ticks_()


def begun(i, name):
    return i.value("SELECT sum(next) > 0 FROM lagesbild_store.position p JOIN lagesbild_store.build b ON b.id = p.build "
                   f"WHERE b.name = '{name}'") == "t"


def drops_killed(i):
    say("kill -9 of drop at each point, while others read; then it is run again")
    with Readers(i, READERS // 5, {"next"}) as readers:
        for point in ["drop-unfed", "drop-row"] + [f"drop-step:{n}" for n in range(1, 11)]:
            make(i, "away")
            wait_for("it is being fed", lambda: begun(i, "away"), 60)
            killed(i, point, "drop", "away", "--yes")
            done = i.run("lagesbild", "promote", "away", check=False)
            assert done.returncode == 2 and "being dropped" in done.stderr, (point, done.stdout, done.stderr)
            assert i.run("lagesbild", "drop", "away", "--yes").stdout == "away is dropped\n"
        assert i.value("SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relname ~ '_[0-9]+$'") == "10"
        wait_for("every reader goes on", lambda n=len(readers.answers): len(readers.answers) > n + READERS, 60)
    say(f"  {len(readers.answers)} answers, 0 failed")


def drop_waits_for_an_old_reader(i):
    say("drop waits for a transaction that reads what is dropped; cut off then, it leaves a half detached table and is run again")
    make(i, "away")
    make(i, "gone")
    old = subprocess.Popen(["psql", "-qXAt"], env=i.env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
    old.stdin.write("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM lagesbild_store.change_log;\n")
    count = old.stdout.readline().strip()
    with Readers(i, 3, {"next"}) as readers:
        drop = subprocess.Popen([i.program("lagesbild"), "drop", "away", "--yes"], env=i.env, stderr=subprocess.PIPE, text=True)
        pending = "SELECT count(*) FROM pg_inherits WHERE inhdetachpending"
        wait_for("a table is half detached", lambda: i.value(pending) == "1", 60)
        wait_for("others go on reading", lambda n=len(readers.answers): len(readers.answers) > n + 20, 60)
        assert drop.poll() is None and i.value(pending) == "1"
        old.stdin.write("SELECT count(*) FROM lagesbild_store.change_log;\n")
        assert old.stdout.readline().strip() == count  # the old reader still has it, too
        i.psql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'ALTER TABLE%DETACH%'")
        assert "PostgreSQL" in drop.communicate(timeout=60)[1] and drop.returncode == 3
        assert i.value(pending) == "1"
        # The next one finishes the other's half first: it waits for the old reader as well, and nobody waits for it.
        drop = subprocess.Popen([i.program("lagesbild"), "drop", "gone", "--yes"], env=i.env, stdout=subprocess.PIPE, text=True)
        wait_for("it is at work", lambda: i.value("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE "
                                                  "'ALTER TABLE%FINALIZE' AND state = 'active'") == "1", 120)
        wait_for("others go on reading", lambda n=len(readers.answers): len(readers.answers) > n + 20, 60)
        assert drop.poll() is None
        old.stdin.close()
        old.wait(30)
        assert drop.communicate(timeout=60)[0] == "gone is dropped\n"
        assert i.run("lagesbild", "drop", "away", "--yes").stdout == "away is dropped\n"
        assert i.value(pending) == "0"


def main():
    with Installation("promote") as i:
        path = write_slice(i, 3000)
        i.start(NORMALIZER)
        i.start(AGGREGATOR, env=SMALL_BATCHES)
        i.collect(path)
        make(i, "next", moved=True)
        i.verify()
        moved_under_load(i, write_slice(i, EVENTS, name="more.ndjson"))
        verify_both(i, write_slice(i, EVENTS, name="whole.ndjson"))
        moves_killed(i)
        i.run("lagesbild", "promote", "live", check=False)
        whole = write_slice(i, EVENTS + MORE, name="whole.ndjson")
        parent_killed(i, whole, write_slice(i, MORE, skip=EVENTS, name="more.ndjson"))
        drops_killed(i)
        drop_waits_for_an_old_reader(i)
        verify_both(i, whole)
        check_rebuilt(i, "live", "next")
        i.stop(AGGREGATOR)
        i.stop(NORMALIZER)


if __name__ == "__main__":
    main()
