"""Everything is killed: the services at named points and at random, PostgreSQL and Kafka under load. The figures must be right in the end.

The servers are the test's own. KILL_SEED repeats a run's dice.
"""
import os
import random
import time

os.environ.update(KAFKA_SESSION_TIMEOUT_MS="6000", KAFKA_HEARTBEAT_INTERVAL_MS="1000")

from faults import AGGREGATOR, NORMALIZER, Publishing, balance, check_whole, crash, say, taken, write_slice
from installation import Installation, wait_for
from servers import Servers

SEED = int(os.environ.get("KILL_SEED", str(random.randrange(1 << 30))))
DICE = random.Random(SEED)
SMALL_BATCHES = {"LAGESBILD_BATCH_MAX": "100"}  # many transactions to die in
KILLS = 10


def named_points():
    say("each service dies at its named points, and goes on after each")
    with Installation("points") as i:
        path = write_slice(i, 3000)
        i.collect(path)
        for point in ("mapped:500", "produced:1", "produced:900", "acknowledged:1", "acknowledged:1300"):
            crash(i, NORMALIZER, NORMALIZER, point)
        i.start(NORMALIZER)
        for point in ("before-commit:1", "after-commit:1", "before-commit:5", "after-commit:4", "before-commit:2"):
            seen = taken(i)
            crash(i, AGGREGATOR, AGGREGATOR, point, env=SMALL_BATCHES)
            say(f"  {point}: taken in {seen} -> {taken(i)}")
        i.start(AGGREGATOR)
        b = check_whole(i, path)
        say(f"  received {b['received']} in {b['chains']} chains, redelivered {b['redelivered']}")
        i.stop(NORMALIZER)
        i.stop(AGGREGATOR)


def random_kills():
    say(f"kill -9 of two normalizers and two aggregators at random under load, seed {SEED}")
    members = {"n1": NORMALIZER, "n2": NORMALIZER, "a1": AGGREGATOR, "a2": AGGREGATOR}
    with Installation("random") as i:
        path = write_slice(i, 6000)
        for name, program in members.items():
            i.start(name, program, env=SMALL_BATCHES)
        with Publishing(i, path, 500) as publishing:
            kills = 0
            while publishing.under_way and kills < KILLS:
                seen, more = taken(i), DICE.randrange(20, 500)
                try:
                    wait_for("the work goes on", lambda: taken(i) >= seen + more or not publishing.under_way, 60)
                except TimeoutError as e:
                    raise AssertionError(f"stuck at {seen} of {more}: {balance(i)}") from e
                name = DICE.choice(list(members))
                i.kill(name)
                i.start(name, members[name], env=SMALL_BATCHES)
                kills += 1
        b = check_whole(i, path)
        say(f"  {kills} kills, received {b['received']} in {b['chains']} chains, redelivered {b['redelivered']}, superseded {b['superseded']}")
        assert kills >= 3, "too few kills to prove anything"
        for name in members:
            i.stop(name)


def killed_in_rebalance():
    say("a member dies while it gives up partitions, and comes back under its static name: nobody's partitions find an owner")
    with Installation("rebalance") as i:
        path = write_slice(i, 2000)
        i.start(NORMALIZER)
        first = i.start("a1", AGGREGATOR, env={"LAGESBILD_CRASH": "revoked"})
        wait_for("a1 has all partitions", lambda: "4 partitions" in i.log("a1"))
        i.start("a2", AGGREGATOR)
        wait_for("a1 died giving up partitions", lambda: first.poll() is not None)
        i.processes.pop("a1")
        i.start("a1", AGGREGATOR)
        i.collect(path)
        check_whole(i, path)
        say("  the group was made to think again: " + str("event=unassigned" in i.log("a1") + i.log("a2")))
        for name in (NORMALIZER, "a1", "a2"):
            i.stop(name)


def server_kill(servers, name, start):
    say(f"kill -9 of {name} under load, twice")
    with Installation(f"server_{name}") as i:
        path = write_slice(i, 4000)
        for program in (NORMALIZER, AGGREGATOR):
            i.start(program, env=SMALL_BATCHES)
        with Publishing(i, path, 300) as publishing:
            for number in range(2):
                seen = taken(i)
                wait_for("the work is under way", lambda: taken(i) > seen + 200 or not publishing.under_way, 60)
                if not publishing.under_way:
                    break
                servers.kill(name)
                start()
                say(f"  {name} killed and started at {taken(i)} taken in")
        assert number > 0, "too few kills under load to prove anything"
        check_whole(i, path)
        for program in (NORMALIZER, AGGREGATOR):
            assert i.processes[program].poll() is None, f"{program} did not live through it"
            i.stop(program)


def stop_without(servers, name, start):
    say(f"SIGTERM while {name} is away: both end with 0, and nothing is missing afterwards")
    with Installation(f"without_{name}") as i:
        path = write_slice(i, 3000)
        for program in (NORMALIZER, AGGREGATOR):
            i.start(program, env=SMALL_BATCHES)
        i.collect(path)
        wait_for("the work is under way", lambda: taken(i) > 0, 60)
        servers.kill(name)
        try:
            for program in (AGGREGATOR, NORMALIZER):
                asked = time.monotonic()
                i.stop(program)
                say(f"  {program} ended after {time.monotonic() - asked:.1f} s")
        finally:
            start()
        for program in (NORMALIZER, AGGREGATOR):
            i.start(program)
        check_whole(i, path)
        for program in (NORMALIZER, AGGREGATOR):
            i.stop(program)


if __name__ == "__main__":
    with Servers() as own:
        scenarios = [(named_points, ()), (killed_in_rebalance, ()), (random_kills, ())]
        for each in (server_kill, stop_without):
            scenarios += [(each, (own, "postgres", own.start_postgres)), (each, (own, "kafka", own.start_kafka))]
        for scenario, arguments in scenarios:
            started = time.monotonic()
            scenario(*arguments)
            say(f"ok {scenario.__name__} {time.monotonic() - started:.1f} s")
