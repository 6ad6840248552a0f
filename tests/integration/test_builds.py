"""Builds beside each other: the aggregator's parent feeds each in a process of its own; promote, rollback, drop and builds, and what they refuse."""
import json
import os
import signal
import subprocess
import time

from builds import PARENT, behind, current, make
from equal import check_equal, differences
from faults import AGGREGATOR, NORMALIZER, check_cells, ends_with, say, stopped, write_slice
from installation import Installation, wait_for
from test_metrics import free_port, get, scrape

os.environ.setdefault("LAGESBILD_REPLICATION", "1")


def children(pid):
    """{build: pid} of a parent's children."""
    found = {}
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{entry}/stat", encoding="ascii", errors="replace") as f:
                fields = f.read().rpartition(")")[2].split()
            with open(f"/proc/{entry}/cmdline", "rb") as f:
                words = f.read().split(b"\0")
        except (FileNotFoundError, ProcessLookupError):
            continue
        if fields[1] == str(pid) and fields[0] != "Z" and len(words) > 1:
            found[words[1].decode().removeprefix("--build=")] = int(entry)
    return found


def gone(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as f:
            return f.read().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def caught_up(i, name):
    i.verify()
    wait_for(f"{name} has everything", lambda: behind(i, name) == 0, 60)


def refused(i, status, words, *args, stdin=None):
    done = i.run("lagesbild", *args, check=False, stdin=stdin)
    assert done.returncode == status and words in done.stderr, (args, done.returncode, done.stdout, done.stderr)


def feeds_each_build(i, parent):
    say("a new build gets its child by NOTIFY, and becomes what the first one is")
    wait_for("live has a child", lambda: "live" in children(parent.pid), 60)
    caught_up(i, "live")
    began = time.monotonic()
    make(i, "next")
    wait_for("next has a child", lambda: "next" in children(parent.pid), 60)
    say(f"  child after {time.monotonic() - began:.2f} s")
    caught_up(i, "next")
    check_equal(i, "live", "next")
    # A reject that live's has saved is no business of other's: it must not even wait for who holds the row.
    i.produce(b"none", key="none")
    i.verify()
    with subprocess.Popen(["psql", "-qXAt"], env=i.env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1) as holder:
        holder.stdin.write("BEGIN; SELECT 'held' FROM lagesbild_store.reject FOR UPDATE;\n")
        assert holder.stdout.readline() == "held\n"
        make(i, "other", moved=True)
        caught_up(i, "other")
    assert set(differences(i, "live", "other")) >= {"ledger", "cell"}  # it can tell


def children_are_kept(i, parent):
    say("a child that dies is started anew; one whose build is not fed any more ends, and comes back with it")
    before = children(parent.pid)["next"]
    os.kill(before, signal.SIGKILL)
    wait_for("next has another child", lambda: children(parent.pid).get("next", before) != before, 60)
    session = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'aggregator-parent'"
    cut = i.value(session)
    i.psql(f"SELECT pg_terminate_backend({cut})")
    wait_for("the parent has another session", lambda: [r for r in i.psql(session) if r[0] != cut], 60)
    i.psql("UPDATE lagesbild_store.build SET fed = false WHERE name = 'other'; NOTIFY lagesbild_builds")
    wait_for("other's child has ended", lambda: "other" not in children(parent.pid), 60)
    i.psql("UPDATE lagesbild_store.build SET fed = true WHERE name = 'other'")  # without a word: found by looking
    wait_for("other has a child again", lambda: "other" in children(parent.pid), 60)


def moves(i):
    say("promote and rollback: what they refuse, where they lead; setup, status and verify afterwards")
    refused(i, 2, "there is no build", "promote", "nothing")
    refused(i, 2, "current one already", "promote", "live")
    refused(i, 2, "no earlier build", "rollback")
    refused(i, 2, "say which build", "promote")
    refused(i, 2, "--wait takes seconds", "promote", "next", "--wait", "soon")
    make(i, "then", until="now()", fed=False)
    refused(i, 2, "never promoted", "promote", "then")
    make(i, "idle", fed=False)
    refused(i, 2, "not kept fed", "promote", "idle")
    i.psql("UPDATE lagesbild_store.build SET fed = true WHERE name = 'idle'")  # and not a word: promote is quicker than the parent
    refused(i, 1, "partition 0 by ", "promote", "idle")
    assert current(i) == "live"
    assert i.run("lagesbild", "promote", "idle", "--wait", "60").stdout == "idle is current (before: live)\n"
    assert json.loads(i.run("lagesbild", "promote", "next", "--wait", "60", "--json").stdout) == {"current": "next", "before": "idle"}
    setup = i.run("lagesbild", "setup").stdout
    assert "added or changed" not in setup, setup
    i.verify()
    i.run("lagesbild", "status")
    assert i.run("lagesbild", "rollback", "--wait", "60").stdout == "idle is current (before: next)\n"
    assert i.run("lagesbild", "rollback", "--wait", "60").stdout == "live is current (before: idle)\n"
    refused(i, 2, "no earlier build", "rollback")
    i.run("lagesbild", "promote", "other", "--wait", "60")
    refused(i, 2, "rebuild and promote", "setup")  # its rules are not those of the files


def nothing_is_missing_after_a_rollback(i, path):
    say("what came while another build was current is in the one that is rolled back to")
    i.collect(path)
    i.verify()
    before = i.value("SELECT sum(n) FROM lagesbild.month_cell")
    assert i.value("SELECT count(*) FROM lagesbild.month_cell WHERE category = 'DAM'") == "0"
    i.run("lagesbild", "rollback", "--wait", "60")
    assert current(i) == "live"
    i.verify()
    check_cells(i, path)
    assert i.value("SELECT sum(n) FROM lagesbild.month_cell") == before
    # source_health's summary stands outside the builds: each message is counted by the build that was current, and only by it.
    assert i.value("SELECT sum(n) FROM lagesbild_store.intake WHERE measure = 0") == i.value(
        "SELECT sum(upserted + duplicate + superseded) FROM lagesbild.balance")
    caught_up(i, "next")
    check_equal(i, "live", "next")
    i.run("lagesbild", "setup")


def shown(i):
    rows = {b["name"]: b for b in json.loads(i.run("lagesbild", "builds", "--json").stdout)["builds"]}
    assert [name for name, b in rows.items() if b["current"]] == ["live"]
    assert rows["then"]["until"] and rows["then"]["lag"] is None and not rows["then"]["fed"], rows["then"]
    live, following = rows["live"], rows["next"]
    assert live["bytes"] > 100000 and live["lag"] == 0 and live["behind_current"] == 0 and live["position_age_s"] >= 0, live
    assert following["mapping"] == live["mapping"] != rows["other"]["mapping"] and following["behind_current"] == 0, rows
    i.psql("ANALYZE lagesbild_store.ledger")
    rows = {b["name"]: b for b in json.loads(i.run("lagesbild", "builds", "--json").stdout)["builds"]}
    assert rows["live"]["rows_about"] == int(i.value("SELECT count(*) FROM lagesbild_store.ledger_1")), rows["live"]
    print(i.run("lagesbild", "builds").stdout)


def drops(i, parent):
    say("drop: refuses the current one and wants a yes; tables, rows and the child are gone afterwards")
    refused(i, 2, "is the current one", "drop", "live", "--yes")
    refused(i, 2, "--yes says so", "drop", "next", stdin="next\n")
    refused(i, 2, "there is no build", "drop", "nothing", "--yes")
    assert int(i.value("SELECT count(*) FROM lagesbild_store.build")) == 5
    with subprocess.Popen(["psql", "-qXAt"], env=i.env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1) as dropping:
        # What drop holds while it works.
        dropping.stdin.write("SELECT 'held' || pg_advisory_lock(1883, id) FROM lagesbild_store.build WHERE name = 'then';\n")
        assert dropping.stdout.readline() == "held\n"
        i.start("late", AGGREGATOR, "--build", "then")
        ends_with(i, "late", 2, ["is being dropped"])
    for name in ("next", "then", "idle"):
        assert i.run("lagesbild", "drop", name, "--yes").stdout == f"{name} is dropped\n"
    refused(i, 2, "there is no build", "drop", "next", "--yes")
    left = i.psql("SELECT relname FROM pg_class WHERE relkind = 'r' AND relname ~ '_[0-9]+$' ORDER BY 1")
    other = i.value("SELECT id FROM lagesbild_store.build WHERE name = 'other'")
    assert {r[0].rpartition("_")[2] for r in left} == {"1", other} and len(left) == 10, left
    for table in ("category", "area", "mapping", "area_ancestor", "position", "chain", "gap", "promotion"):
        assert i.value(f"SELECT count(*) FROM lagesbild_store.{table} WHERE build NOT IN (1, {other})") == "0", table
    assert set(children(parent.pid)) == {"live", "other"}


def the_port_is_handed_on(i, parent, port):
    say("the port stays with its build's child, and goes to the current one's when that is dropped")
    assert scrape(port)["lagesbild_build_info"] == {"live": 1}
    i.run("lagesbild", "promote", "other", "--wait", "60")
    assert scrape(port)["lagesbild_build_info"] == {"live": 1}
    i.run("lagesbild", "drop", "live", "--yes")
    wait_for("other's child serves it", lambda: get(port, "/readyz")[0] == 200 and scrape(port)["lagesbild_build_info"] == {"other": 1}, 60)
    assert set(children(parent.pid)) == {"other"}
    i.verify()


def ends(i, parent, env):
    say("SIGTERM ends all with 0; kill -9 of the parent takes the children with it; configuration ends it with 2")
    pids = list(children(parent.pid).values())
    i.stop(AGGREGATOR)
    assert pids and all(gone(pid) for pid in pids)
    parent = i.start(AGGREGATOR, env=env)
    wait_for("a child", lambda: children(parent.pid), 60)
    pids = list(children(parent.pid).values())
    os.kill(pids[0], signal.SIGSTOP)  # neither would a halted one stay
    wait_for("it is halted", lambda: stopped(type("P", (), {"pid": pids[0]})), 10)
    i.kill(AGGREGATOR)
    wait_for("the child is gone", lambda: all(gone(pid) for pid in pids), 30)
    make(i, "last")
    parent = i.start(AGGREGATOR, env=env)
    wait_for("two children", lambda: len(children(parent.pid)) == 2, 60)
    for name, status in (("last", None), ("other", 2)):
        i.psql(f"DELETE FROM lagesbild_store.position p USING lagesbild_store.build b WHERE b.id = p.build AND b.name = '{name}'")
        child = children(parent.pid)[name]
        os.kill(child, signal.SIGKILL)  # what comes after it finds no position: configuration
        if status is None:
            wait_for("its child has ended with 2", lambda: 'event=child-ended build=last status=2' in i.log(AGGREGATOR), 60)
            assert parent.poll() is None and "other" in children(parent.pid)
    assert wait_for("the parent ends with 2", parent.poll, 60) == 2
    del i.processes[AGGREGATOR]


def starts_without_a_database(i, env):
    say("a database that is away is waited for; one that does not exist is configuration")
    i.start("early", AGGREGATOR, env={**env, "PGPORT": str(free_port())})
    wait_for("it has looked twice", lambda: i.log("early").count("event=database-away") >= 2, 60)
    i.stop("early")
    lost = i.start("lost", AGGREGATOR, env={**env, "PGDATABASE": i.name + "_none"})
    assert wait_for("it ends", lambda: lost.poll() is not None and [lost.poll()], 60) == [2]
    del i.processes["lost"]


def main():
    port = free_port()
    env = {**PARENT, "LAGESBILD_HTTP_PORT": str(port)}
    with Installation("builds") as i:
        i.collect(write_slice(i, 3000, name="first.ndjson"))
        i.start(NORMALIZER)
        parent = i.start(AGGREGATOR, env=env)
        feeds_each_build(i, parent)
        children_are_kept(i, parent)
        moves(i)
        nothing_is_missing_after_a_rollback(i, write_slice(i, 4000))
        shown(i)
        drops(i, parent)
        the_port_is_handed_on(i, parent, port)
        ends(i, parent, env)
        starts_without_a_database(i, env)
        i.stop(NORMALIZER)


if __name__ == "__main__":
    main()
