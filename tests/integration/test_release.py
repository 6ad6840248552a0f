"""This release on the data of the ones before: each fixture of tests/releases (made by that release's own programs and schema) is restored and set
up, shows the figures that it showed, takes in corrections and new events, and equals a rebuild of its log.
"""
import csv
import json
import os
import shutil
import sys
import tempfile

from equal import check_equal
from faults import balance, say
from installation import ROOT, Installation
from messages import Sender
from rdkafka import Client

RELEASES = os.path.join(ROOT, "tests", "releases")
SOURCES = ("press", "police", "rescue")
COLUMNS = "month, municipality, area, category, source, n, n_suppressed"


def restored(name, directory, scratch):
    """The installation of the fixture: its prefix and partitions; keys come out of the backup."""
    with open(os.path.join(directory, "manifest.json"), encoding="utf-8") as f:
        manifest = json.load(f)
    partitions = sum(log["topic"] == "incidents" for log in manifest["logs"])
    i = Installation(f"release{name}", partitions=partitions, setup=False)
    i.prefix = manifest["prefix"]
    i.env.update(LAGESBILD_TOPIC_PREFIX=i.prefix, LAGESBILD_BACKUP_PASSPHRASE="a fixture is no secret",
                 LAGESBILD_KEY_FILE="", LAGESBILD_OPERATOR_KEY_FILE="")
    i.files = os.path.join(scratch, name)
    i.topics = [i.prefix + t for t in sorted({log["topic"] for log in manifest["logs"]})]
    return i


def drop_topics(i):
    with Client(i.env["KAFKA_BOOTSTRAP_SERVERS"]) as client:
        for topic in i.topics:
            client.delete_topic(topic)


def cells(i):
    return [",".join(row) for row in i.psql(f"SELECT {COLUMNS} FROM lagesbild.month_cell ORDER BY 1, 2, 3, 4, 5")]


def report(number, **changes):
    event = {"report_id": f"R{number}", "type": "1203", "occurred_from": "2026-05-22 16:00", "reported_at": "2026-05-25 08:00",
             "kommun": "1881", "plats": "Ekeby", "status": "reported"}
    return f"R{number}".encode(), json.dumps({**event, **changes}).encode()


def old_report(i):
    """A report of the fixture that is counted, as it lies on the feed."""
    for line in i.kcat("feed.police", "-C", "-q", "-e", "-o", "beginning", "-f", "%p\t%k\t%s\n").decode("utf-8", "replace").splitlines():
        partition, key, value = line.split("\t", 2)
        if value.startswith("{") and '"reported"' in value and '"brottskod"' not in value:
            event = json.loads(value)
            if event.get("report_id") == key and "updated_at" not in event:
                return int(partition), key.encode(), event
    raise AssertionError("the fixture has no such report")


def whole(i):
    i.verify()
    b = balance(i)
    assert b["lost"] == 0 and b["difference"] == 0, b


def check(i, directory):
    i.run("lagesbild", "restore", directory, "--files", i.files)
    i.env.update(LAGESBILD_KEY_FILE=os.path.join(i.files, "key"), LAGESBILD_OPERATOR_KEY_FILE=os.path.join(i.files, "operator_key"))
    said = i.run("lagesbild", "setup").stdout
    say("  " + ", ".join(line.split()[1] for line in said.splitlines() if line.startswith("schema") and line.endswith("applied")) + " applied")
    with open(os.path.join(directory, "cells.csv"), encoding="utf-8") as f:
        assert cells(i) == f.read().splitlines(), "the figures are not those of the release before"
    with open(os.path.join(ROOT, "schemas", "sources.csv"), encoding="utf-8") as f:
        said = [[row["source"], row["release"]] for row in csv.DictReader(f)]
    assert i.psql("SELECT name, release FROM lagesbild_store.source ORDER BY id") == said, "who may see a source is not what the file says"
    for source in SOURCES:
        i.start(f"normalizer-{source}")
    i.start("aggregator")
    whole(i)
    partition, key, event = old_report(i)
    count = "SELECT count(*) FROM lagesbild_store.ledger"
    rows, figure = int(i.value(count)), int(i.value("SELECT sum(n) FROM lagesbild.month_cell WHERE source = 'police'"))
    with Sender(i) as sender:
        sender.send(json.dumps({**event, "status": "unfounded", "updated_at": "2026-06-01"}).encode(), key, partition=partition, topic="feed.police")
        for number in range(3):
            sender.send(report(number)[1], report(number)[0], partition=number % i.partitions, topic="feed.police")
        sender.flush()
    whole(i)
    assert int(i.value(count)) == rows + 3, "an old event's correction was taken for a new event"
    assert int(i.value("SELECT sum(n) FROM lagesbild.month_cell WHERE source = 'police'")) == figure + 2
    i.run("lagesbild", "rebuild", "--into", "again")
    check_equal(i, "live", "again")
    # Who had reported before there was a place to keep it in is not guessed.
    assert i.value("SELECT value::date FROM lagesbild_store.setting WHERE name = 'units_from'") == i.value(
        "SELECT date_trunc('month', lagesbild_store.today() + interval '1 month')::date")


def main():
    scratch = tempfile.mkdtemp(prefix="lagesbild-release-")
    try:
        for name in sorted(os.listdir(RELEASES)):
            directory = os.path.join(RELEASES, name)
            if not os.path.exists(os.path.join(directory, "manifest.json")):
                continue
            say(f"release {name}")
            i = restored(name, directory, scratch)
            drop_topics(i)
            with i:
                try:
                    check(i, directory)
                finally:
                    drop_topics(i)
    finally:
        shutil.rmtree(scratch)


if __name__ == "__main__":
    sys.exit(main())
