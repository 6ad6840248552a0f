"""backup and restore: made while agencies publish and services count, killed at any moment, restored after everything is gone: the figures are the
same to the byte, what was on its way is caught up with, and nothing is counted twice.
"""
import json
import os
import secrets
import shutil
import threading

from equal import check_equal
from faults import balance, ends_with, say
from installation import Installation, wait_for
from messages import Sender, signature
from rdkafka import Client

SOURCES = ("press", "police", "rescue")
TOPICS = ("incidents", "deadletters", *(f"feed.{s}" for s in ("press", "police", "rescue", "social", "housing", "citizen", "staff")))
SECRET = "HEMLIGTXQ"


def report(number, **changes):
    event = {"report_id": f"K{number}", "type": "1203", "occurred_from": "2026-05-22 16:00", "occurred_to": "2026-05-25 07:30",
             "reported_at": "2026-05-25 08:00", "kommun": "1881", "plats": "Ekeby", "status": "reported", "description": SECRET}
    return f"K{number}".encode(), json.dumps({**event, **changes}).encode()


class Publishing:
    """Police reports, one after another, until the end of the block."""

    def __init__(self, i):
        self.i, self.sent, self.stop = i, [], threading.Event()
        self.thread = threading.Thread(target=self._run)

    def _run(self):
        with Sender(self.i) as sender:
            while not self.stop.wait(0.002):
                key, value = report(1000 + len(self.sent))
                sender.send(value, key, partition=len(self.sent) % 2, topic="feed.police")
                self.sent.append((key, value, len(self.sent) % 2))
            sender.flush()

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        self.thread.join()


def start(i):
    for source in SOURCES:
        i.start(f"normalizer-{source}", env={"KAFKA_SESSION_TIMEOUT_MS": "6000"})  # so that a restore need not wait long for the group to be empty
    i.start("aggregator")


def stop(i):
    for name in list(i.processes):
        i.stop(name)


def drop_topics(i):
    """With their groups' offsets."""
    with Client(i.env["KAFKA_BOOTSTRAP_SERVERS"]) as client:
        for topic in TOPICS:
            client.delete_topic(i.prefix + topic)


def wipe(i):
    drop_topics(i)
    i.psql_admin(f'DROP DATABASE "{i.name}" WITH (FORCE)')
    i.psql_admin(f'CREATE DATABASE "{i.name}"')


def exports(i):
    return {what: i.run("lagesbild", "export", what).stdout for what in ("cells", "incidents")}


def without_arrival(incidents):
    """The ledger without received_at, origin_partition and origin_offset: what was sent again has arrived again."""
    return [line.rsplit(",", 3)[0] for line in incidents.splitlines()]


def refused(i, words, *args, status=2, **env):
    done = i.run("lagesbild", *args, check=False, env=env)
    assert done.returncode == status and words in done.stderr and done.stderr.count("\n") <= 2, (args, done.returncode, done.stderr)


def killed(i, point, *args):
    done = i.run("lagesbild", *args, check=False, env={"LAGESBILD_CRASH": point})
    assert done.returncode == -9, f"{point}: {done.returncode} {done.stderr}"


def whole(i):
    say("  verify: " + i.verify().strip().splitlines()[-1])
    b = balance(i)
    assert b["lost"] == 0 and b["difference"] == 0, b


def prepare(i):
    """Three sources, a transaction (its marker is a hole), a feed whose beginning retention has taken, a dead letter."""
    start(i)
    i.run("simulator", "--from", "2026-03", "--to", "2026-04", "--seed", "5", "--sources", ",".join(SOURCES), "--broken", "2")
    with Client(i.env["KAFKA_BOOTSTRAP_SERVERS"], {"transactional.id": i.name}) as client:
        client.transactions()
        client.begin()
        client.produce(i.prefix + "feed.police", *report(1), 0)
        client.commit()
    with Sender(i) as sender:
        sender.send(report(2)[1], report(2)[0], partition=0, topic="feed.police", headers=[("a", "1"), ("a", ""), ("b", None)])
        sender.flush()
    whole(i)
    with Client(i.env["KAFKA_BOOTSTRAP_SERVERS"]) as client:
        client.delete_records(i.prefix + "feed.press", 0, 5)
    i.run("lagesbild", "accounts", "set", "anna", "--role", "coordinator", "--group", "steering")
    i.run("lagesbild", "accounts", "token", "anna")
    i.run("lagesbild", "accounts", "sources", "--group", "steering", "--hide", "police")
    i.psql("SELECT lagesbild_desk.text_put(a.id, '{\"period\": \"2026-03\"}', '{\"version\": 0, \"sections\": {\"assessment\": \"Lugnt\"}}'), "
           "lagesbild_desk.session_open(a.id, 'key', 'word', NULL) FROM lagesbild_desk.account a WHERE a.name = 'anna'")


def desk(i):
    """What people have written, table by table: its rows and their content."""
    tables = [name for name, in i.psql("SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'lagesbild_desk'::regnamespace AND c.relkind = 'r' ORDER BY 1")]
    return {t: i.psql(f"SELECT count(*), md5(string_agg(t::text, ' ' ORDER BY t::text)) FROM lagesbild_desk.{t} t")[0] for t in tables if t != "session"}


def no_plain_text(i, directory):
    with open(i.env["LAGESBILD_KEY_FILE"], encoding="ascii") as f:
        key = f.read().strip().encode()
    assert os.stat(directory).st_mode & 0o077 == 0
    for name in os.listdir(directory):
        path = os.path.join(directory, name)
        with open(path, "rb") as f:
            content = f.read()
        assert SECRET.encode() not in content and key not in content and b"Ekeby" not in content, name


def check_under_way(i, directory):
    """Killed at each of its steps, then made, while reports come in. All that was sent, and the figures at the end."""
    say("a backup while reports come in, killed four times before")
    with Publishing(i) as publishing:
        for point in ("backup-groups", "backup-dumped", "backup-log:3", "backup-whole"):
            killed(i, point, "backup", directory)
            assert not os.path.exists(directory) and os.path.isdir(directory + ".part")
        i.run("lagesbild", "backup", directory)
        during = len(publishing.sent)
    assert not os.path.exists(directory + ".part")
    refused(i, "is there already", "backup", directory)
    no_plain_text(i, directory)
    listed = json.loads(i.run("lagesbild", "backup", "--list", directory, "--json").stdout)
    assert listed["format"] == 1 and listed["prefix"] == i.prefix and {x["topic"] for x in listed["logs"]} == set(TOPICS), listed
    assert [x["begin"] for x in listed["logs"] if (x["topic"], x["partition"]) == ("feed.press", 0)] == [5]
    # What was on its way when it was made: read by the normalizer, not committed yet or not in the database's snapshot.
    ends = sum(x["end"] for x in listed["logs"] if x["topic"] == "feed.police")
    behind = ends - sum(x["next"] for x in listed["groups"] if x["source"] == "police")
    assert behind > 10, behind
    whole(i)
    say(f"  {behind} were on their way; {during} reports were sent until it was made, {len(publishing.sent)} in all")
    return publishing.sent


def mend(i, newer):
    """A database that is newer than the log: the aggregator stops, it and doctor name the command, which mends it."""
    say("  a database newer than the log: the command that is named mends it")
    i.start("stopped", "aggregator", env=newer)
    ends_with(i, "stopped", 4, "lagesbild rebuild --into mended")
    found = json.loads(i.run("lagesbild", "doctor", "--json", env=newer, check=False).stdout)["findings"]
    assert any(f["check"] == "positions" and "lagesbild rebuild --into mended, then lagesbild promote mended" in f["do"] for f in found), found
    i.run("lagesbild", "rebuild", "--into", "mended", env=newer)
    assert "mended is current" in i.run("lagesbild", "promote", "mended", env=newer).stdout
    i.start("mended", "aggregator", "--build", "mended", env=newer)


def check_catches_up(i, directory, sent, expected):
    """Elsewhere: what came while the backup was made is read on; sent again, everything is as it was, what people wrote too."""
    written = desk(i)
    say("restored after a wipe: it catches up, what is sent again is not counted twice")
    stop(i)
    i.psql_admin(f'ALTER DATABASE "{i.name}" RENAME TO "{i.name}_newer"')
    i.psql_admin(f'CREATE DATABASE "{i.name}"')
    drop_topics(i)
    i.run("lagesbild", "restore", directory)
    mend(i, {"PGDATABASE": f"{i.name}_newer"})
    start(i)
    whole(i)
    i.run("lagesbild", "rebuild", "--into", "again")
    check_equal(i, "live", "again")
    i.run("lagesbild", "drop", "again", "--yes")
    with Sender(i) as sender:
        for key, value, partition in sent:
            sender.send(value, key, partition=partition, topic="feed.police")
        sender.flush()
    whole(i)
    newer = {"PGDATABASE": f"{i.name}_newer"}
    wait_for("the mended build is fed", lambda: i.run("lagesbild", "export", "cells", env=newer).stdout == expected["cells"])
    i.stop("mended")
    assert i.run("lagesbild", "diff", "live", "mended", "--json", env=newer, check=False).returncode == 0
    i.run("lagesbild", "drop", "live", "--yes", env=newer)
    i.psql_admin(f'DROP DATABASE "{i.name}_newer" WITH (FORCE)')
    assert desk(i) == written and written["text_sheet"][0] == "1", (desk(i), written)
    assert i.value("SELECT count(*) FROM lagesbild_desk.session") == "0", "who was signed in then is signed in again"
    got = exports(i)
    assert got["cells"] == expected["cells"]
    assert without_arrival(got["incidents"]) == without_arrival(expected["incidents"])


def damaged(i, directory):
    """A copy in which one byte of a log is another, one whose manifest was edited, one that lacks a part."""
    with open(os.path.join(directory, "manifest.json"), encoding="utf-8") as f:
        manifest = f.read()
    for name, what, words in (("byte", "log-incidents-1.sealed", "not the one that was written"), ("edited", "manifest.json", "has been changed"),
                              ("missing", "database.sealed", "cannot be read")):
        copy = os.path.join(i.dir, name)
        shutil.copytree(directory, copy)
        path = os.path.join(copy, what)
        if name == "missing":
            os.unlink(path)
        elif name == "edited":
            with open(path, "w", encoding="utf-8") as f:
                f.write(manifest.replace('"code": "', '"code": "x', 1))
        else:
            with open(path, "r+b") as f:
                f.seek(-100, os.SEEK_END)
                f.write(b"\0" * 8)
        refused(i, words, "restore", copy)


def check_refusals(i, directory):
    say("what is wrong is said before anything is written")
    refused(i, "The passphrase is wrong", "restore", directory, LAGESBILD_BACKUP_PASSPHRASE="another passphrase", LAGESBILD_BACKUP_PASSPHRASE_FILE="")
    refused(i, "The installation key here is", "restore", directory, LAGESBILD_KEY=secrets.token_hex(32), LAGESBILD_KEY_FILE="")
    refused(i, "No installation key is set here", "restore", directory, LAGESBILD_KEY_FILE="")
    refused(i, "set LAGESBILD_TOPIC_PREFIX", "restore", directory, LAGESBILD_TOPIC_PREFIX="other.")
    damaged(i, directory)
    assert not i.kcat("incidents", "-C", "-q", "-e", "-o", "beginning")
    assert "can be restored" in i.run("lagesbild", "restore", "--check", directory).stdout


def check_killed(i, directory, expected):
    """kill -9 of a restore at each of its steps: the next one says so, and with --yes begins again. Then as it was, to the byte."""
    say("a restore killed at each of its steps; begun again, the exports are equal to the byte")
    stop(i)
    refused(i, "holds figures already", "restore", directory)
    i.psql_admin(f'DROP DATABASE "{i.name}" WITH (FORCE)')
    i.psql_admin(f'CREATE DATABASE "{i.name}"')
    refused(i, "holds records", "restore", directory)
    wipe(i)
    i.run("lagesbild", "setup")
    i.run("lagesbild", "accounts", "set", "berit")
    refused(i, "holds figures already", "restore", directory)
    wipe(i)
    i.run("lagesbild", "setup")  # empty topics and tables are no hindrance
    check_refusals(i, directory)
    again = ()
    for point in ("restore-begun", "restore-log:300", "restore-database:2", "restore-restored"):
        killed(i, point, "restore", directory, *again)
        refused(i, "never ended: with --yes", "restore", directory)
        again = ("--yes",)
    files = os.path.join(i.dir, "files")
    i.run("lagesbild", "restore", directory, "--yes", "--files", files)
    for variable, name in (("LAGESBILD_KEY_FILE", "key"), ("LAGESBILD_OPERATOR_KEY_FILE", "operator_key")):
        with open(i.env[variable], encoding="ascii") as a, open(os.path.join(files, name), encoding="ascii") as b:
            assert a.read().strip() == b.read().strip(), name
    for name in ("schemas/categories.csv", "schemas/mappings/press.csv", "pack/delivery.csv"):
        assert os.path.getsize(os.path.join(files, name)) > 0, name
    i.env.update(LAGESBILD_KEY_FILE=os.path.join(files, "key"), LAGESBILD_OPERATOR_KEY_FILE=os.path.join(files, "operator_key"),
                 LAGESBILD_SCHEMAS=os.path.join(files, "schemas"), LAGESBILD_PACK=os.path.join(files, "pack"))
    assert exports(i) == expected


def check_goes_on(i):
    """An old event's correction changes the old row; the hole carries the operator's signature."""
    say("the services go on: a correction finds its event, doctor has nothing to say of logs, groups and positions")
    start(i)
    before = int(i.value("SELECT count(*) FROM lagesbild_store.ledger"))
    count = "SELECT coalesce(sum(n), 0) FROM lagesbild.month_cell WHERE source = 'police' AND month = '2026-05-01'"
    figure = int(i.value(count))
    with Sender(i) as sender:
        key, value = report(1001, status="unfounded", updated_at="2026-06-01")
        sender.send(value, key, partition=1, topic="feed.police")
        sender.send(report(9999)[1], report(9999)[0], partition=1, topic="feed.police")
        sender.send(report(9998)[1], report(9998)[0], partition=1, topic="feed.police")
        sender.flush()
    whole(i)
    assert int(i.value("SELECT count(*) FROM lagesbild_store.ledger")) == before + 2
    assert int(i.value(count)) == figure + 1
    found = json.loads(i.run("lagesbild", "doctor", "--json", check=False).stdout)["findings"]
    wrong = [f for f in found if f["level"] == "wrong" and f["check"] not in ("secrets", "silent", "groups", "deadletters")]
    wrong += [f for f in found if f["check"] == "groups" and "unread" not in f["what"]]
    assert not wrong, wrong
    hole = i.kcat("feed.police", "-C", "-q", "-e", "-p", "0", "-o", "beginning", "-f", "%K %S %h\n").decode()
    signed = signature(i, None, reason="purged", topic="feed.police")
    assert [line for line in hole.splitlines() if line.startswith("-1 -1 ")] == [f"-1 -1 lagesbild-reason=purged,lagesbild-signature={signed}"]


def main():
    with Installation("backup", partitions=2) as i:
        secret = os.path.join(i.dir, "passphrase")
        with open(secret, "w", encoding="ascii") as f:
            f.write("häst batteri korrekt".encode("ascii", "replace").decode() + "\n")
        i.env["LAGESBILD_BACKUP_PASSPHRASE_FILE"] = secret
        prepare(i)
        first, second = os.path.join(i.dir, "first"), os.path.join(i.dir, "second")
        sent = check_under_way(i, first)
        check_catches_up(i, first, sent, exports(i))
        expected = exports(i)
        i.run("lagesbild", "backup", second)
        refused(i, "at least 12 characters", "backup", second + "x", LAGESBILD_BACKUP_PASSPHRASE="short", LAGESBILD_BACKUP_PASSPHRASE_FILE="")
        check_killed(i, second, expected)
        check_goes_on(i)


if __name__ == "__main__":
    main()
