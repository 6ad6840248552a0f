"""The arithmetic of the chain of custody on a real Kafka: what is sent again, lost, found again, skipped by the broker, read anew or gone.

Each scenario has an installation of its own and ends with the figures against the Python reference.
"""
import os
import signal
import time

# Static members hold their group until their session is over: as short as a broker allows.
os.environ.update(KAFKA_SESSION_TIMEOUT_MS="6000", KAFKA_HEARTBEAT_INTERVAL_MS="1000")

from faults import (AGGREGATOR, NORMALIZER, Publishing, balance, check_cells, check_whole, crash, ends_with, events_of, say, stopped, taken,
                    write_slice)
from installation import Installation, wait_for
from rdkafka import Client, commit_offset, read_raw

SERVERS = os.environ["KAFKA_BOOTSTRAP_SERVERS"]
FEED = "feed.press"


def join(*paths):
    """One file of several, in order."""
    whole = os.path.join(os.path.dirname(paths[0]), "whole.ndjson")
    with open(whole, "wb") as out:
        for path in paths:
            with open(path, "rb") as f:
                out.write(f.read())
    return whole


def group_of(i):
    return f"{i.prefix}{NORMALIZER}"


def forget_group(i):
    with Client(SERVERS) as client:
        wait_for("the group has no members left and is deleted", lambda: not client.delete_group(group_of(i)), 60)


def sent_again():
    say("the normalizer dies between its records and its commit: they come again and count once")
    with Installation("again") as i:
        first, second = write_slice(i, 400), write_slice(i, 1200, 400, "second.ndjson")
        i.start(AGGREGATOR)
        i.start(NORMALIZER)
        i.collect(first)
        i.verify()
        i.stop(NORMALIZER)
        i.collect(second)
        for passes in (1, 200, 333):
            crash(i, NORMALIZER, NORMALIZER, f"acknowledged:{passes}")
        i.start(NORMALIZER)
        b = check_whole(i, join(first, second))
        say(f"  received {b['received']}, redelivered {b['redelivered']} in {b['chains']} chains")
        assert b["received"] == 1600 and b["redelivered"] > 0 and b["chains"] == 4, b
        i.stop(NORMALIZER)
        i.stop(AGGREGATOR)


def records_of_a_feed(i, path):
    """The records that a normalizer makes of the lines in path, as bytes, in order."""
    i.start(NORMALIZER)
    i.collect(path)
    topic = i.prefix + "incidents"
    count = len(list(events_of(path)))
    return wait_for("all records are made", lambda: (r := read_raw(SERVERS, topic, 0)) and len(r) == count and r, 60)


def feed_records(i, records):
    """Write records to the other installation's topic and wait until they are taken in."""
    with Client(SERVERS) as client:
        for _, key, value in records:
            client.produce(i.prefix + "incidents", key, value, 0)
        client.flush()
    end = read_raw(SERVERS, i.prefix + "incidents", 0)[-1][0] + 1
    wait_for("the records are taken in", lambda: taken(i) == end, 60)


def lost_and_found():
    say("a record is missing: lost = 1 and named; when it comes, all is well; 10, 12, 11, 12 in this order")
    with Installation("made", partitions=1) as made:
        path = write_slice(made, 600)
        records = records_of_a_feed(made, path)
        made.stop(NORMALIZER)
        with Installation("found", partitions=1) as i:
            i.start(AGGREGATOR)
            feed_records(i, records[:10] + records[11:])
            b = balance(i)
            assert b["lost"] == 1 and b["difference"] == 0 and b["received"] == 600, b
            done = i.run("lagesbild", "verify", check=False)
            assert done.returncode == 1 and "messages 11 to 11 are lost" in done.stdout, done.stdout
            say("  verify: " + next(line.strip() for line in done.stdout.splitlines() if "messages 11 to 11" in line))
            feed_records(i, [records[10]])
            check_whole(i, path)
        with Installation("order", partitions=1) as i:
            i.start(AGGREGATOR)
            feed_records(i, records[:10] + [records[11]])
            assert balance(i)["lost"] == 1
            feed_records(i, [records[10], records[11]])
            b = balance(i)
            assert b["lost"] == 0 and b["redelivered"] == 1 and b["received"] == 12, b
            feed_records(i, records[12:])
            b = check_whole(i, path)
            assert b["redelivered"] == 1 and b["received"] == 600, b
            i.stop(AGGREGATOR)
        say(f"  redelivered {b['redelivered']}, lost {b['lost']}")


def transaction_markers():
    say("transactions in the feed, one of three aborted: offsets are skipped, nothing is lost")
    with Installation("markers") as i:
        path = write_slice(i, 900)
        i.start(AGGREGATOR)
        i.start(NORMALIZER)
        topic, aborted = i.prefix + FEED, 0
        with Client(SERVERS, {"transactional.id": i.name}) as client:
            client.transactions()
            events = list(events_of(path))
            for at in range(0, len(events), 150):
                client.begin()
                for key, value in events[at:at + 40]:
                    client.produce(topic, key, value)
                client.flush()
                client.abort()
                aborted += 40
                client.begin()
                for key, value in events[at:at + 150]:
                    client.produce(topic, key, value)
                client.commit()
        b = check_whole(i, path)
        read = int(i.value("SELECT sum(last_offset + 1) FROM lagesbild.balance"))
        say(f"  received {b['received']} messages out of {read} offsets, {aborted} of them aborted")
        assert b["received"] == 900 and read > 900 + aborted // 2, (b, read)
        # The log's last offset is a marker: a replay up to it, and beyond it, must end.
        for stretch in ("0:0-999999", f"0:0-{i.value('SELECT last_offset + 1 FROM lagesbild.balance WHERE partition = 0')}"):
            i.run(NORMALIZER, "--replay", stretch, timeout=60)
        b = check_whole(i, path)
        assert b["received"] > 900 and b["chains"] == 6 and b["lost"] == 0, b
        replayed = b["received"] - 900
        # Quiet again: a restart begins behind a marker, and must not wait for a message there.
        i.stop(NORMALIZER)
        i.start(NORMALIZER)
        i.produce(b'{"id": 1}', key="1")
        i.verify()
        b = balance(i)
        assert b["received"] == 901 + replayed and b["lost"] == 0 and b["rejected"] == 1, b
        i.stop(NORMALIZER)
        i.stop(AGGREGATOR)


def group_deleted():
    say("the normalizer's offsets are deleted: a new epoch, all of it duplicate, no figure changes")
    with Installation("epoch") as i:
        path = write_slice(i, 700)
        i.start(AGGREGATOR)
        i.start(NORMALIZER)
        i.collect(path)
        before, changes = check_whole(i, path), i.value("SELECT count(*) FROM lagesbild.change")
        i.stop(NORMALIZER)
        forget_group(i)
        i.start(NORMALIZER)
        wait_for("the feed is read again", lambda: balance(i)["received"] == 1400, 60)
        after = check_whole(i, path)
        say(f"  chains {before['chains']} -> {after['chains']}, upserted {before['upserted']} -> {after['upserted']}")
        assert after["chains"] == 8 and after["upserted"] == before["upserted"], (before, after)
        assert i.value("SELECT count(*) FROM lagesbild.change") == changes, "a replay has changed figures"
        i.stop(NORMALIZER)
        i.stop(AGGREGATOR)


def restore_commit(i, chain):
    """What a restored or mirrored group would hold: Kafka itself drops a group's offsets together with their topic."""
    topic, epoch, last_offset, received, at = chain
    wait_for("the group takes a commit from outside", lambda: not commit_offset(
        SERVERS, group_of(i), topic, 0, int(last_offset) + 1, f"{epoch},{received},{at}"), 60)


def topic_recreated():
    say("the feed's topic is re-created: with the old offsets the normalizer stops with 4; without them it is a new epoch")
    with Installation("anew", partitions=1) as i:
        old, new = write_slice(i, 300), write_slice(i, 500, 300, "new.ndjson")
        i.start(AGGREGATOR)
        i.start(NORMALIZER)
        i.collect(old)
        i.verify()
        i.stop(NORMALIZER)
        chain = i.psql("SELECT topic, epoch, last_offset, received, (extract(epoch FROM last_at) * 1000)::bigint FROM lagesbild.balance")[0]
        with Client(SERVERS) as client:
            client.delete_topic(i.prefix + FEED)
        wait_for("setup makes the topic anew", lambda: i.run("lagesbild", "setup", check=False).returncode == 0, 60)
        restore_commit(i, chain)
        i.start(NORMALIZER)
        ends_with(i, NORMALIZER, 4, ["the log ends at 0", "re-created"])
        os.remove(os.path.join(i.dir, f"{NORMALIZER}.log"))
        i.collect(new)
        i.start(NORMALIZER)
        ends_with(i, NORMALIZER, 4, ["another message", "re-created"])
        forget_group(i)
        i.start(NORMALIZER)
        wait_for("the new topic is read", lambda: balance(i)["received"] == 800, 60)
        check_whole(i, join(old, new))
        i.stop(NORMALIZER)
        i.stop(AGGREGATOR)


def records_deleted():
    say("messages are deleted: up to the committed offset it is retention's good right, beyond it the normalizer stops with 4")
    with Installation("range", partitions=1) as i:
        first, second = write_slice(i, 300), write_slice(i, 300, 300, "second.ndjson")
        i.start(AGGREGATOR)
        i.start(NORMALIZER)
        i.collect(first)
        i.verify()
        i.stop(NORMALIZER)
        with Client(SERVERS) as client:
            client.delete_records(i.prefix + FEED, 0, 300)
            i.start(NORMALIZER)
            i.collect(second)
            b = check_whole(i, join(first, second))
            assert b["received"] == 600 and b["chains"] == 1, b
            i.stop(NORMALIZER)
            i.collect(write_slice(i, 100, 600, "third.ndjson"))
            client.delete_records(i.prefix + FEED, 0, 650)
        i.start(NORMALIZER)
        ends_with(i, NORMALIZER, 4, ["the next message to read is 600", "begins at 650", "50 messages were deleted unread"])
        check_cells(i, join(first, second))
        i.stop(AGGREGATOR)


def zombie():
    say("two normalizers of one instance name, the first halted and let go again: the figures are right, both end when asked")
    with Installation("zombie") as i:
        path = write_slice(i, 4000)
        same = {"LAGESBILD_INSTANCE": "one"}
        i.start(AGGREGATOR)
        with Publishing(i, path, 1000):
            first = i.start("first", NORMALIZER, env={**same, "LAGESBILD_CRASH": "stop:produced:700"})
            wait_for("the first halts in the middle of its work", lambda: stopped(first), 60)
            seen = balance(i)["received"]
            i.start("second", NORMALIZER, env=same)
            wait_for("the second goes on", lambda: balance(i)["received"] > seen + 500, 60)
            first.send_signal(signal.SIGCONT)
            say(f"  halted after {seen} received, let go at {balance(i)['received']}")
            wait_for("the first has noticed", lambda: "session-ended" in i.log("first"), 60)
            assert "LAGESBILD_INSTANCE of its own" in i.log("first"), i.log("first")
        for name in ("first", "second"):
            say(f"  {name} ended {i.log(name).count('session-ended')} memberships so far")
        # As long as both are there they put each other out of the group; each must bear it, and the one that stays must go on.
        i.stop("first")
        i.verify()
        # What it was put out of ends with its next transaction, or with it: until then the log grows by what is not counted.
        i.stop("second")
        b = check_whole(i, path)
        say(f"  received {b['received']} in {b['chains']} chains, redelivered {b['redelivered']}, superseded {b['superseded']}")
        i.stop(AGGREGATOR)


if __name__ == "__main__":
    for scenario in (sent_again, lost_and_found, transaction_markers, group_deleted, topic_recreated, records_deleted, zombie):
        started = time.monotonic()
        scenario()
        say(f"ok {scenario.__name__} {time.monotonic() - started:.1f} s")
