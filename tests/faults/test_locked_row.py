"""A row of the ledger that somebody holds locked: its own incident waits, the others of the batch go on.

The batch fails twice by lock_timeout (10 s); then its halves are tried.
"""
import json
import subprocess

from equal import check_rebuilt
from faults import AGGREGATOR, NORMALIZER, check_whole, events_of, say, taken, write_slice
from installation import Installation, wait_for


def main():
    with Installation("locked", partitions=1) as i:
        path = write_slice(i, 400)
        i.start(NORMALIZER)
        i.start(AGGREGATOR)
        i.collect(path)
        check_whole(i, path)
        i.stop(AGGREGATOR)
        key, value = list(events_of(path))[-1]
        more = write_slice(i, 300, skip=400, name="more.ndjson")
        i.collect(more)
        corrected = {**json.loads(value), "type": "Rån"}
        i.produce(json.dumps(corrected, ensure_ascii=False).encode(), key=key.decode())
        holder = subprocess.Popen(["psql", "-qX"], env=i.env, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
        try:
            holder.stdin.write("BEGIN; SELECT count(*) FROM (SELECT 1 FROM lagesbild_store.ledger FOR UPDATE) AS held;\n")
            holder.stdin.flush()
            wait_for("the rows are held", lambda: i.value("SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction' "
                                                          "AND datname = current_database()") == "1", 30)
            before = taken(i)
            i.start(AGGREGATOR)
            wait_for("the others go on", lambda: taken(i) >= before + 100, 120)
            say(f"  {taken(i) - before} of 301 taken in while a row was held")
            assert taken(i) < before + 301, "the held row's record was taken in: nothing was proven"
        finally:
            holder.stdin.write("ROLLBACK;\n")
            holder.stdin.close()
            holder.wait(30)
        say("  verify: " + i.verify(120).strip().splitlines()[-1])
        assert i.value("SELECT sum(difference) FROM lagesbild.balance") == "0"
        check_rebuilt(i)
        for program in (NORMALIZER, AGGREGATOR):
            i.stop(program)


if __name__ == "__main__":
    main()
