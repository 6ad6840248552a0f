"""Five years of every source, and kill -9 of everything in turn: each normalizer, the aggregator, PostgreSQL and Kafka. The figures must be
the simulator's truth, row by row.

The feeds are published while everything dies. The servers are the test's own. SIMULATOR_SEED repeats a run.
"""
import csv
import os
import random
import threading

os.environ.update(KAFKA_SESSION_TIMEOUT_MS="6000", KAFKA_HEARTBEAT_INTERVAL_MS="1000")

from equal import check_rebuilt
from faults import AGGREGATOR, balance, say, taken
from installation import BUILD, Installation, wait_for
from servers import Servers

SEED = os.environ.get("SIMULATOR_SEED", str(random.randrange(1 << 30)))
NORMALIZERS = sorted(name for name in os.listdir(os.path.join(BUILD, "bin")) if name.startswith("normalizer-"))
SOURCES = [name.removeprefix("normalizer-") for name in NORMALIZERS]
SMALL_BATCHES = {"LAGESBILD_BATCH_MAX": "200"}  # many transactions to die in
STEP = 300  # records taken in between two kills


def cells(path):
    with open(path, encoding="utf-8", newline="") as f:
        return {tuple(r[c] for c in ("month", "municipality", "area", "category", "source")): (int(r["n"]), int(r["n_suppressed"]))
                for r in csv.DictReader(f)}


def simulate(i, truth):
    """Publish all; a broker's death may leave the idempotent producer in a fatal state: then again, as a person would."""
    for _ in range(5):
        done = i.run("simulator", "--from", "2021-01", "--to", "2025-12", "--seed", SEED, "--sources", ",".join(SOURCES), "--truth", truth,
                     "--rate", "700", check=False, timeout=300)
        if done.returncode == 0:
            return done.stdout
    raise RuntimeError(f"simulator: {done.stdout} {done.stderr}")


class Simulating(threading.Thread):
    def __init__(self, i, truth):
        super().__init__()
        self.i, self.truth, self.said, self.failed = i, truth, "", None

    def run(self):
        try:
            self.said = simulate(self.i, self.truth)
        except Exception as e:  # pylint: disable=broad-except
            self.failed = e


def kill_in_turn(i, servers, publishing):
    kills = 0
    for name in NORMALIZERS + [AGGREGATOR, "postgres", "kafka"]:
        seen = taken(i)
        wait_for("the work goes on", lambda: taken(i) >= seen + STEP or not publishing.is_alive(), 90)
        if name in i.processes:
            i.kill(name)
            i.start(name, env=SMALL_BATCHES)
        else:
            servers.kill(name)
            {"postgres": servers.start_postgres, "kafka": servers.start_kafka}[name]()
        kills += publishing.is_alive()
        say(f"  {name} killed and started at {seen} taken in")
    assert kills >= len(NORMALIZERS), f"only {kills} kills under load prove little"


def main():
    say(f"SIMULATOR_SEED={SEED}")
    with Servers() as servers, Installation("kill_all") as i:
        truth, actual = os.path.join(i.dir, "truth.csv"), os.path.join(i.dir, "actual.csv")
        for name in NORMALIZERS + [AGGREGATOR]:
            i.start(name, env=SMALL_BATCHES)
        publishing = Simulating(i, truth)
        publishing.start()
        kill_in_turn(i, servers, publishing)
        publishing.join(300)
        if publishing.failed or publishing.is_alive():
            raise RuntimeError(f"the simulator: {publishing.failed or 'no end'}")
        say("  " + publishing.said.strip().splitlines()[-1])
        say("  " + i.verify(240).strip().splitlines()[-1])
        b = balance(i)
        assert b["lost"] == 0 and b["difference"] == 0, b
        i.month_cells(actual)
        meant, found = cells(truth), cells(actual)
        wrong = [(key, meant.get(key), found.get(key)) for key in sorted(meant.keys() | found.keys()) if meant.get(key) != found.get(key)]
        assert not wrong, f"{len(wrong)} cells differ (key, truth, month_cell): {wrong[:10]}"
        say(f"  {len(meant)} cells of {len(SOURCES)} sources equal the truth; {b}")
        check_rebuilt(i)
        for name in list(i.processes):
            i.stop(name)


if __name__ == "__main__":
    main()
