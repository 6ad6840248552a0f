"""rebuild: the log folded anew equals what the aggregator keeps, whole or up to a time, by these rules or others, in one pass or many; and whatever
becomes of it, the live tables stay as they are and nothing is left behind.
"""
import json
import os
import signal
import subprocess
import time

from equal import check_equal, drop
from installation import ROOT, Installation, wait_for
from faults import write_slice

MOVED = ("Trafikolycka", "UNK")


def builds(i):
    return [r[0] for r in i.psql("SELECT name FROM lagesbild_store.build ORDER BY id")]


def leftovers(i):
    return i.psql("SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname = 'lagesbild_store' AND relkind = 'r' "
                  "AND relname ~ '_new$'")


def rebuild(i, name, *args, check=True, env=None):
    done = i.run("lagesbild", "rebuild", "--into", name, "--json", *args, check=check, env=env)
    return json.loads(done.stdout) if done.returncode == 0 else done


def check_whole(i):
    """The whole log; again; in many passes: equal to the live tables and to one another, to the byte of an export."""
    print("the whole log, twice, and in several passes")
    first = rebuild(i, "one")
    check_equal(i, "live", "one")
    assert first["incidents"] == int(i.value("SELECT count(*) FROM lagesbild_store.ledger WHERE build = 1")) and first["passes"] == 1, first
    rebuild(i, "two")
    check_equal(i, "one", "two")
    passes = rebuild(i, "many", "--memory", "64K")
    assert passes["passes"] > 2, passes
    check_equal(i, "one", "many")
    for what in ("cells", "incidents"):
        texts = {i.run("lagesbild", "export", what, "--build", b).stdout for b in ("live", "one", "two", "many")}
        assert len(texts) == 1 and len(texts.pop().splitlines()) > 100, f"exports of {what} differ"
    for name in ("two", "many"):
        drop(i, name)


def check_until(i, moment, then):
    """As known at a time: equal to what the live tables were then."""
    print("as it was known at a time")
    done = rebuild(i, "then", "--until", moment)
    assert done["fed"] is False
    cells = i.psql(CELLS.format(build="then"))
    assert cells == then, f"{len(cells)} cells rebuilt, {len(then)} seen then"
    assert i.run("lagesbild", "promote", "then", check=False).returncode == 2
    drop(i, "then")
    for bad in ("2100-01-01", "i går"):
        assert i.run("lagesbild", "rebuild", "--into", "bad", "--until", bad, check=False).returncode == 2, bad


def check_mapping(i):
    """Another mapping moves exactly that type's figures; the diff says so; promoted, fed on and rolled back."""
    print("another mapping: rebuilt, compared, promoted, rolled back")
    with open(os.path.join(ROOT, "schemas", "mappings", "press.csv"), encoding="utf-8") as f:
        lines = f.read().splitlines()
    changed = [MOVED[0] + "," + MOVED[1] if line.startswith(MOVED[0] + ",") else line for line in lines]
    assert changed != lines
    path = os.path.join(i.dir, "press.csv")
    with open(path, "w", encoding="utf-8") as f:
        f.write("\n".join(changed) + "\n")
    rebuild(i, "other", "--mapping", path)
    moved = i.value(f"SELECT sum(l.n) FROM lagesbild_store.ledger l JOIN lagesbild_store.mapping m ON m.build = l.build AND m.id = l.type "
                    f"WHERE l.build = 1 AND l.state = 'c' AND m.source_type = '{MOVED[0]}'")
    got = i.value("SELECT sum(c.n) FROM lagesbild_store.cell c JOIN lagesbild_store.build b ON b.id = c.build AND b.name = 'other' "
                  "JOIN lagesbild_store.category g ON g.build = c.build AND g.id = (c.cell >> 6) & 1023 WHERE g.code = 'UNK'")
    unknown = i.value("SELECT coalesce(sum(c.n), 0) FROM lagesbild_store.cell c JOIN lagesbild_store.category g ON g.build = c.build "
                      "AND g.id = (c.cell >> 6) & 1023 WHERE c.build = 1 AND g.code = 'UNK'")
    assert int(got) == int(moved) + int(unknown) and int(moved) > 0, (got, moved, unknown)
    said = json.loads(i.run("lagesbild", "diff", "live", "other", "--json", check=False).stdout)
    assert {c for cell in said["differences"] for c in causes(cell)} == {"mapping"}, said["differences"][:2]
    i.run("lagesbild", "promote", "other", "--wait", "30")
    assert i.value("SELECT sum(n) FROM lagesbild.month_cell WHERE category = 'UNK'") == got
    i.run("lagesbild", "rollback")
    check_equal(i, "live", "one")
    rebuild(i, "copy", "--rules", "other", env={"LAGESBILD_KEY_FILE": ""})
    check_equal(i, "other", "copy")
    for name in ("other", "copy"):
        drop(i, name)


def causes(cell):
    why = cell.get("causes", cell.get("why"))
    return list(why) if isinstance(why, dict) else [c["cause"] for c in why]


def check_refusals(i):
    print("refused: a name that is taken or bad, a second one at the same time, a log that does not begin at 0")
    for name in ("live", "A b", "x" * 41, ""):
        done = i.run("lagesbild", "rebuild", "--into", name, check=False)
        assert done.returncode == 2, (name, done.stderr)
    for args in (("--memory", "1"), ("--memory", "1X"), ("--mapping", "nothing.csv"), ("--rules", "none"), ("--edition", "99"), ("--what",),
                 ("--edition", "1", "--until", "2026-01-01")):
        done = i.run("lagesbild", "rebuild", "--into", "bad", *args, check=False)
        assert done.returncode == 2 and done.stderr.count("\n") == 1, (args, done.stderr)
    holder = subprocess.Popen(["psql", "-qXAt"], env=i.env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    holder.stdin.write("SELECT pg_advisory_lock(1882);\n")
    holder.stdin.flush()
    wait_for("the lock is held", lambda: i.value("SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database WHERE objid = 1882 "
                                                 "AND locktype = 'advisory' AND datname = current_database()") == "1")
    done = i.run("lagesbild", "rebuild", "--into", "second", check=False)
    holder.stdin.close()
    holder.wait()
    assert done.returncode == 2 and "one at a time" in done.stderr, done.stderr


def wait_until_gone(i):
    wait_for("its session is gone", lambda: i.value("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'lagesbild' "
                                                    "AND datname = current_database()") == "0")


def check_killed(i):
    """kill -9 and ^C on the way: no build or a whole one, no table, and the next run works."""
    print("killed and interrupted on the way")
    before = builds(i)
    done = i.run("lagesbild", "rebuild", "--into", "dead", check=False, env={"LAGESBILD_CRASH": "before-commit"})
    assert done.returncode == -signal.SIGKILL, done.returncode
    wait_until_gone(i)
    assert builds(i) == before and not leftovers(i)
    for sent, code in ((signal.SIGKILL, -9), (signal.SIGINT, 130), (signal.SIGTERM, 130)):
        for delay in (0.05, 0.3, 0.8):
            p = subprocess.Popen([i.program("lagesbild"), "rebuild", "--into", "dead"], env=i.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            time.sleep(delay)  # any moment will do: what is asserted holds at each
            p.send_signal(sent)
            p.communicate()
            wait_until_gone(i)
            assert p.returncode in (0, code, -sent), (sent, p.returncode)
            made = "dead" in builds(i)  # by one that was killed after its commit, too
            assert made if p.returncode == 0 else not made or sent == signal.SIGKILL, (sent, p.returncode, made)
            if made:
                check_equal(i, "live", "dead")
                drop(i, "dead")
            assert builds(i) == before and not leftovers(i), (builds(i), leftovers(i))
    rebuild(i, "alive")
    check_equal(i, "live", "alive")
    drop(i, "alive")


CELLS = ("SELECT a.code, g.code, c.cell >> 32, c.cell & 63, c.n, c.n_suppressed, c.key_sum FROM lagesbild_store.cell c "
         "JOIN lagesbild_store.build b ON b.id = c.build AND b.name = '{build}' "
         "JOIN lagesbild_store.area a ON a.build = c.build AND a.id = (c.cell >> 16) & 65535 "
         "JOIN lagesbild_store.category g ON g.build = c.build AND g.id = (c.cell >> 6) & 1023 "
         "WHERE (c.n, c.n_suppressed, c.key_sum) <> (0, 0, 0) ORDER BY 3, 1, 2, 4")


def publish(i, path):
    i.collect(path, "--repeat-share", "0.1", "--late-share", "0.1", "--no-backfill")
    i.verify()


def check_short_log(i):
    """The last: records are taken from the log's beginning."""
    from rdkafka import Client
    with Client(i.env["KAFKA_BOOTSTRAP_SERVERS"]) as client:
        client.delete_records(i.prefix + "incidents", 0, 1)
    before = builds(i)
    done = i.run("lagesbild", "rebuild", "--into", "short", check=False)
    assert done.returncode != 0 and "begins at offset 1" in done.stderr and builds(i) == before, done.stderr


def main():
    with Installation("rebuild") as i:
        halves = [write_slice(i, 3000), write_slice(i, 3000, 3000, "later.ndjson")]
        i.start("normalizer-press")
        i.start("aggregator", None, env={"LAGESBILD_BUILD": ""})
        publish(i, halves[0])
        then = i.psql(CELLS.format(build="live"))
        moment = i.value("SELECT to_char((SELECT clock_timestamp() FROM pg_sleep(1.1)) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')")
        time.sleep(1.1)  # the moment has whole seconds; what comes now comes after it
        publish(i, halves[1])
        check_whole(i)
        check_until(i, moment, then)
        check_mapping(i)
        check_refusals(i)
        check_killed(i)
        check_short_log(i)
        i.stop("normalizer-press")
        i.stop("aggregator")
    print("ok")


if __name__ == "__main__":
    main()
