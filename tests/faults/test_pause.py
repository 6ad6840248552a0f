"""Connections cut in the middle of a COMMIT, an aggregator halted inside its transaction, instances that come and go: no figure moves."""
import os
import random
import signal
import time

# Short sessions, so that members come and go quickly.
os.environ.update(KAFKA_SESSION_TIMEOUT_MS="6000", KAFKA_HEARTBEAT_INTERVAL_MS="1000")
AS_SHIPPED = {"KAFKA_SESSION_TIMEOUT_MS": "10000", "KAFKA_HEARTBEAT_INTERVAL_MS": "3000"}

from faults import AGGREGATOR, NORMALIZER, Publishing, check_whole, say, stopped, taken, write_slice
from installation import Installation, wait_for
from proxy import Proxy

SEED = int(os.environ.get("PAUSE_SEED", str(random.randrange(1 << 30))))
DICE = random.Random(SEED)
SMALL_BATCHES = {"LAGESBILD_BATCH_MAX": "100"}
CUTS = 40
CUT = """SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
	WHERE datname = current_database() AND application_name = 'aggregator' AND {when}"""


def cut_connections():
    say(f"the aggregator's session is cut again and again, in COMMIT too, seed {SEED}")
    with Installation("cut") as i:
        path = write_slice(i, 5000)
        i.start(NORMALIZER)
        i.start(AGGREGATOR, env=SMALL_BATCHES)
        cuts = 0
        with Publishing(i, path, 400) as publishing:
            while publishing.under_way and cuts < CUTS:
                # Any moment, or one inside a transaction: both ways a COMMIT may have been done or not when the answer is lost.
                seen = taken(i)
                wait_for("the work goes on", lambda: taken(i) >= seen + DICE.randrange(1, 60) or not publishing.under_way, 60)
                cuts += int(i.value(CUT.format(when=DICE.choice(("true", "xact_start IS NOT NULL", "query ILIKE 'commit%'")))))
        b = check_whole(i, path)
        failed = i.log(AGGREGATOR).count("transaction-failed")
        say(f"  {cuts} sessions cut, {failed} transactions failed; received {b['received']}, redelivered {b['redelivered']}")
        assert cuts >= 5 and failed >= 3, "too few cuts to prove anything"
        assert "session-ended" not in i.log(AGGREGATOR), "a cut session must not cost the membership"
        for program in (NORMALIZER, AGGREGATOR):
            i.stop(program)


def commit_unclear():
    say(f"every few COMMITs the connection is lost, some before the server hears of it and some before its answer arrives, seed {SEED}")
    with Installation("unclear") as i, Proxy(os.environ["PGHOST"], os.environ["PGPORT"], b"\0commit\0", DICE) as proxy:
        path = write_slice(i, 5000)
        env = {**SMALL_BATCHES, "PGHOST": "127.0.0.1", "PGPORT": str(proxy.port)}
        i.start(NORMALIZER)
        i.start(AGGREGATOR, env=env)
        with Publishing(i, path, 800):
            pass
        b = check_whole(i, path)
        say(f"  {proxy.unheard} COMMITs unheard, {proxy.unanswered} unanswered; received {b['received']}, redelivered {b['redelivered']}")
        assert proxy.unheard >= 3 and proxy.unanswered >= 3, "too few cuts to prove anything"
        assert b["received"] == 5000 and b["redelivered"] == 0, b
        assert "session-ended" not in i.log(AGGREGATOR), "a lost answer must not cost the membership"
        for program in (NORMALIZER, AGGREGATOR):
            i.stop(program)


def halted_at(point, count, env):
    with Installation("halted") as i:
        path = write_slice(i, count)
        i.start(NORMALIZER)
        with Publishing(i, path, 250):
            first = i.start("first", AGGREGATOR, env={**SMALL_BATCHES, **env, "LAGESBILD_CRASH": f"stop:{point}:5"})
            wait_for("the first halts", lambda: stopped(first), 60)
            since, seen = time.monotonic(), taken(i)
            i.start("second", AGGREGATOR, env={**SMALL_BATCHES, **env})
            wait_for("the second takes over", lambda: taken(i) > seen, 60)
            say(f"  {point}: the second took over after {time.monotonic() - since:.1f} s, at {seen} taken in")
            wait_for("the second is well ahead", lambda: taken(i) > seen + 500, 60)
            first.send_signal(signal.SIGCONT)
            say(f"  the first was let go at {taken(i)}")
        check_whole(i, path)
        assert first.poll() is None, f"the first ended with {first.poll()}"
        wait_for("the first has joined again", lambda: i.log("first").count("event=assigned") > 1, 60)
        # It must be fit to work, not only be there: what comes now is counted with the second gone.
        i.stop("second")
        more = write_slice(i, count + 300)
        i.collect(more)
        check_whole(i, more)
        i.stop("first")
        i.stop(NORMALIZER)


def halted_in_transaction():
    say("an aggregator is halted inside its transaction: a second one takes over; let go, the first joins again and counts nothing twice")
    halted_at("before-commit", 3500, AS_SHIPPED)


def halted_after_commit():
    say("the same just behind its COMMIT, when it believes to know the positions")
    halted_at("after-commit", 2500, {})


def come_and_go():
    say("one, two, three aggregators, and one again, two normalizers, under load: each ends with 0 when asked")
    with Installation("rebalance") as i:
        path = write_slice(i, 5000)
        i.start("n1", NORMALIZER)
        i.start("a1", AGGREGATOR, env=SMALL_BATCHES)
        with Publishing(i, path, 220) as publishing:
            for step, name, program in (("start", "a2", AGGREGATOR), ("start", "a3", AGGREGATOR), ("start", "n2", NORMALIZER),
                                        ("stop", "a1", AGGREGATOR), ("start", "a1", AGGREGATOR), ("stop", "n1", NORMALIZER),
                                        ("stop", "a2", AGGREGATOR), ("stop", "a3", AGGREGATOR)):
                seen = taken(i)
                wait_for("the work goes on", lambda: taken(i) >= seen + 50 or not publishing.under_way, 60)
                assert publishing.under_way, f"the load was over before {step} {name}"
                if step == "start":
                    before = i.log(name).count("event=assigned") if name == "a1" else 0
                    i.start(name, program, env=SMALL_BATCHES)
                    wait_for(f"{name} has partitions", lambda: i.log(name).count("event=assigned") > before, 60)
                else:
                    i.stop(name)
                say(f"  {step} {name} at {taken(i)} taken in")
        b = check_whole(i, path)
        say(f"  received {b['received']} in {b['chains']} chains, redelivered {b['redelivered']}")
        for name in list(i.processes):
            i.stop(name)


if __name__ == "__main__":
    for scenario in (cut_connections, commit_unclear, halted_in_transaction, halted_after_commit, come_and_go):
        started = time.monotonic()
        scenario()
        say(f"ok {scenario.__name__} {time.monotonic() - started:.1f} s")
