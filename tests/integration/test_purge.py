#!/usr/bin/env python3
"""lagesbild purge: on a Kafka and a PostgreSQL of its own, so that every file can be searched. What was taken out is in none of them, however often the
command was killed on its way; everything else stands at its offset; the figures are those of a rebuild."""
import json
import os
import signal
import subprocess
import time

from equal import check_rebuilt
from faults import balance, say
from installation import Installation, wait_for
from messages import Sender, read_topic
from servers import Servers

SOURCES = ("police", "press")
MARK, OTHER = "HEMLIGTXQWVZ", "OROMDQXJKW"
PHASES = ("purge-copied:1", "purge-gone:2", "purge-back:1", "purge-rebuilt:1", "purge-swapped:1")


def report(number, **changes):
    event = {"report_id": f"K{number}", "type": "1203", "occurred_from": "2026-05-22 16:00", "reported_at": "2026-05-25 08:00", "kommun": "1881",
             "plats": "Ekeby", "status": "reported", **changes}
    return f"K{number}".encode(), json.dumps(event).encode()


def publish(i):
    with Sender(i) as s:
        for n in range(200):
            key, value = report(n, description=OTHER if n == 7 else "")
            s.send(value, key, partition=n % 4, topic="feed.police")
        for changes in ({"description": f"{MARK} 1"}, {"updated_at": "2026-06-01 10:00", "description": f"{MARK} 2"}):
            key, value = report(900, **changes)
            s.send(value, key, partition=1, topic="feed.police", headers=[("note", MARK)])
        s.send(b'{"report_id": "K900", "description": "' + MARK.encode() + b' 3"', b"K900", partition=1, topic="feed.police")  # a dead letter
        s.send(*reversed(report(901)), partition=2, topic="feed.police")
        s.flush()


def found(servers, word):
    time.sleep(0.5)  # a search of everything, over and over, is all that the machine would do
    done = subprocess.run(["grep", "-rlaF", word, servers.home], capture_output=True, text=True, check=False)
    return [line for line in done.stdout.splitlines() if "/log/" not in line]


def start(i):
    for source in SOURCES:
        i.start(f"normalizer-{source}", env={"KAFKA_SESSION_TIMEOUT_MS": "6000"})
    i.start("aggregator")


def stop(i):
    for name in list(i.processes):
        i.stop(name)


def purge(i, *args, status=0, env=None):
    done = i.run("lagesbild", "purge", *args, check=False, env=env, timeout=200)
    assert done.returncode == status, (args, done)
    return done.stdout + done.stderr


def refused(i, event):
    say("shown first; refused without a reason, while services run, for what there is not")
    assert "--why" in purge(i, "--incident", event, status=2)
    assert "3 messages of feeds, 3 records of incidents, 1 dead letters" in purge(i, "--incident", event, "--why", "begäran")
    assert "is running" in purge(i, "--incident", event, "--why", "begäran", "--yes", status=2)
    assert "nothing of that" in purge(i, "--incident", "0" * 32, "--why", "x", status=2)
    purge(i, "--incident", "xyz", "--why", "x", status=2)
    purge(i, "--origin", "police:9:9", "--why", "x", status=2)
    assert "no purge is waiting" in purge(i, "--resume", status=2)


def killed(i, event):
    say("killed at each phase, and gone on with")
    args = ["--incident", event, "--why", "begäran 2026-17", "--yes"]
    for point in PHASES:
        done = i.run("lagesbild", "purge", *args, check=False, env={"LAGESBILD_CRASH": point}, timeout=200)
        assert done.returncode == -signal.SIGKILL, (point, done)
        args = ["--resume"]
        assert "--resume" in purge(i, "--incident", event, "--why", "x", "--yes", status=2)
    assert "is done" in purge(i, "--resume")


def check_after(i, before):
    say("everything else stands where it stood; the figures are a rebuild's; the balance holds")
    for topic in ("feed.police", "incidents", "deadletters"):
        now = read_topic(i, topic)
        assert set(now) == set(before[topic]), topic
        changed = [at for at in now if now[at] != before[topic][at]]
        assert len(changed) == {"feed.police": 3, "incidents": 3, "deadletters": 1}[topic], (topic, changed)
    start(i)
    i.verify()
    assert balance(i)["difference"] == 0 and balance(i)["lost"] == 0, balance(i)
    assert i.value("SELECT sum(n) FROM lagesbild.month_cell WHERE source = 'police'") == "201"
    assert i.value("SELECT count(*) FROM lagesbild.dead_letter WHERE reason = 'purged' AND state = 'dropped'") == "1"
    check_rebuilt(i)
    with Sender(i) as s:
        s.send(*reversed(report(900, updated_at="2026-07-01 10:00")), partition=1, topic="feed.police")
        s.send(*reversed(report(7, plats="Malmen", updated_at="2026-07-01 10:00")), partition=3, topic="feed.police")
        s.flush()
    i.verify()
    assert i.value("SELECT sum(n) FROM lagesbild.month_cell WHERE source = 'police'") == "202", "the same id anew is a new event, an old one is corrected"
    i.run("lagesbild", "replay", "police", "--yes", timeout=120)
    i.verify()
    assert i.value("SELECT sum(n) FROM lagesbild.month_cell WHERE source = 'police'") == "202", "a replay brings nothing back"
    assert len(read_topic(i, "deadletters")) == len(before["deadletters"]), "what was taken out is not buried again"


def before_a_day(i):
    say("all that came from a source before a time")
    stop(i)
    assert "is done" in purge(i, "--source", "police", "--before", time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 60)), "--why", "gallring", "--yes")
    start(i)
    i.verify()
    assert i.value("SELECT coalesce(sum(n), 0) FROM lagesbild.month_cell WHERE source = 'police'") == "0"
    check_rebuilt(i)


def main():
    with Servers(delete_delay_ms=200) as servers, Installation("purge") as i:
        start(i)
        publish(i)
        i.verify()
        event = i.value("SELECT id FROM lagesbild_store.ledger l JOIN lagesbild_store.chain c ON c.build = l.build AND l.partition = 1 AND l.\"offset\" >= 50 LIMIT 1")
        before = {topic: read_topic(i, topic) for topic in ("feed.police", "incidents", "deadletters")}
        assert found(servers, MARK) and found(servers, OTHER)
        refused(i, event)
        stop(i)
        killed(i, event)
        wait_for("it is in no file", lambda: not found(servers, MARK), 100)
        assert found(servers, OTHER), "the others stay"
        check_after(i, before)
        before_a_day(i)


main()
