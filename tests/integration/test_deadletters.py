#!/usr/bin/env python3
"""lagesbild deadletters: grouped, shown without content, sent again from the feed or the dead letter, mended, dropped; killed at any point; old
content never beats a newer one; no loop."""
import json
import os
import signal
import subprocess

from faults import balance, say
from installation import Installation
from messages import Sender, signature
from rdkafka import Client

NORMALIZER, AGGREGATOR = "normalizer-press", "aggregator"
NAME = "Anna Andersson"


def notice(number, kind="Stöld", **changed):
    event = {"id": number, "datetime": "2026-05-26 18:00:00 +02:00", "name": f"26 maj 17.40, {kind}, Kumla", "type": kind,
             "location": {"name": "Kumla", "gps": "59.12,15.14"}, "summary": NAME, "url": "/x"}
    event.update(changed)
    return json.dumps(event, ensure_ascii=False).encode()


def letters(i, *args, check=True, env=None):
    done = i.run("lagesbild", "deadletters", *args, check=False, env=env)
    assert not check or done.returncode == 0, (args, done)
    assert "--show-content" in args or NAME not in done.stdout + done.stderr, done
    return done if not check else done.stdout


def state(i, offset):
    return i.value(f'SELECT state FROM lagesbild.dead_letter WHERE "offset" = {offset}')


def counted(i):
    return int(i.value("SELECT coalesce(sum(n), 0) FROM lagesbild.month_cell"))


def write(i, value):
    path = os.path.join(i.dir, "edit.json")
    with open(path, "wb") as f:
        f.write(value)
    return path


def again_and_again(i, sender):
    say("refused again: stays open, is not sent again unasked, five times at most; a key that the service lacks does not count")
    ahead = [("ce_time", "2099-01-01T00:00:00Z")]
    for number in (20, 21):
        sender.send(notice(number), str(number).encode(), ahead)
    value, revision = notice(22), "1779800000000000"
    sign = signature(i, value, b"22", revision)
    i.stop(NORMALIZER)
    i.start(NORMALIZER, env={"LAGESBILD_OPERATOR_KEY_FILE": ""})
    sender.send(value, b"22", ahead + [("lagesbild-revision", revision), ("lagesbild-signature", sign)])
    sender.flush()
    i.verify()
    rows = i.psql("""SELECT "offset" FROM lagesbild.dead_letter WHERE reason = 'bad-time' ORDER BY 1""")
    first, second, third = [int(row[0]) for row in rows]
    for attempt in range(1, 6):
        args = ["--again"] if attempt > 1 else []
        done = letters(i, "retry", f"press:0:{first}", "--yes", *args, check=False)
        assert done.returncode == 1 and "1 refused again" in done.stdout, (attempt, done)
        assert state(i, first) == "open" and "left" in letters(i, "retry", f"press:0:{first}", "--yes")
    assert "five attempts" in letters(i, "retry", f"press:0:{first}", "--yes", "--again")
    opened = i.value("SELECT count(*) FROM lagesbild.dead_letter WHERE state = 'open' AND reason = 'bad-time'")
    assert opened == "3", opened
    i.stop(NORMALIZER)
    i.start(NORMALIZER)
    i.verify()
    i.run("lagesbild", "replay", "press", "--partition", "0", "--from", str(third), "--to", str(third), "--yes")
    letters(i, "list")
    assert state(i, third) == "resolved" and state(i, second) == "open"
    end = int(i.value("SELECT max(last_offset) FROM lagesbild.balance"))
    with Client(i.env["KAFKA_BOOTSTRAP_SERVERS"]) as client:
        client.delete_records(i.prefix + "feed.press", 0, end)
    before = counted(i)
    out = letters(i, "retry", f"press:0:{second}", "--yes")
    assert "added" in out and "1 resolved" in out, out
    i.verify()
    assert counted(i) == before + 1
    letters(i, "drop", f"press:0:{first}", "--yes")


def social(i, sender):
    say("social: neither key nor bytes, and it says so")
    i.start("normalizer-social")
    sender.send(b'{"namn": "' + NAME.encode() + b'"}', NAME.encode(), topic="feed.social")
    sender.flush()
    i.verify()
    shown = letters(i, "show", "social:0:0", "--show-content")
    assert "holds no content" in shown and NAME not in shown, shown
    assert "would be refused again" in letters(i, "retry", "social:0:0", "--yes")
    with Client(i.env["KAFKA_BOOTSTRAP_SERVERS"]) as client:
        client.delete_records(i.prefix + "feed.social", 0, 1)
    assert "neither the feed nor the dead letter" in letters(i, "retry", "social:0:0", "--yes")
    letters(i, "drop", "social:0:0", "--yes")
    i.stop("normalizer-social")


def main():
    with Installation("letters", partitions=1) as i, Sender(i) as sender:
        i.start(AGGREGATOR)
        i.start(NORMALIZER)
        at = [("ce_time", "2026-05-26T16:05:00Z")]
        for offset in range(4):  # 0..3: no type
            sender.send(notice(offset + 1, type=""), str(offset + 1).encode(), at)
        sender.send(b'{"id": 9, "name": "' + NAME.encode(), b"9", at)  # 4: no JSON
        sender.flush()
        i.verify()
        assert counted(i) == 0
        say("list, show")
        groups = json.loads(letters(i, "list", "--json"))
        assert sorted(g["count"] for g in groups) == [1, 4] and {g["source"] for g in groups} == {"press"}, groups
        done = letters(i, "list", "--state", "closed", check=False)
        assert done.returncode == 2 and "open, retried, resolved or dropped" in done.stderr, done
        assert "syntax" in letters(i, "list") and letters(i, "show", "press:0:4")
        assert NAME in letters(i, "show", "press:0:4", "--show-content")
        shown = json.loads(letters(i, "show", "press:0:4", "--json"))
        assert (shown["id"], shown["state"], shown["headers"], shown["bytes"] > 10, shown["message"]) == ("press:0:4", "open", ["ce_time"], True, None), shown
        assert NAME in json.loads(letters(i, "show", "press:0:4", "--json", "--show-content"))["message"]["value"]
        assert letters(i, "show", "press:0:99", check=False).returncode == 2
        say("what would be refused again is left; a dry run sends nothing")
        out = letters(i, "retry", "--yes")
        assert out.count("would be refused again") == 5, out
        say("an edited copy, killed at both points, is sent once and resolves")
        for point, offset in (("retry-intended", 0), ("retry-sent", 1)):
            edit = write(i, notice(offset + 1))
            dry = letters(i, "retry", f"press:0:{offset}", "--edit", edit)
            assert "added" in dry and "nothing was sent" in dry, dry
            dry = json.loads(letters(i, "retry", f"press:0:{offset}", "--edit", edit, "--json"))
            assert dry == {"letters": [{"id": f"press:0:{offset}", "becomes": "added"}], "sent": 0}, dry
            args = [i.program("lagesbild"), "deadletters", "retry", f"press:0:{offset}", "--edit", edit, "--yes"]
            done = subprocess.run(args, env={**i.env, "LAGESBILD_CRASH": point}, capture_output=True, text=True, check=False, timeout=60)
            assert done.returncode == -signal.SIGKILL, (point, done)
            i.verify()
            out = letters(i, "retry", f"press:0:{offset}", "--edit", edit, "--yes")
            i.verify()
            assert state(i, offset) == "resolved", (point, out, state(i, offset))
        assert counted(i) == 2 and balance(i)["received"] == 7, balance(i)
        say("an old content does not beat a newer one")
        sender.send(notice(3, "Rån"), b"3", [("ce_time", "2026-05-27T16:05:00Z")])
        sender.flush()
        i.verify()
        cells = i.psql("SELECT * FROM lagesbild.month_cell ORDER BY 1, 2, 3, 4")
        out = json.loads(letters(i, "retry", "press:0:2", "--edit", write(i, notice(3)), "--yes", "--json"))
        assert out == {"letters": [{"id": "press:0:2", "becomes": "older"}], "sent": 1, "resolved": 1, "refused": 0, "unaccounted": 0}, out
        i.verify()
        assert [c[:6] for c in i.psql("SELECT * FROM lagesbild.month_cell ORDER BY 1, 2, 3, 4")] == [c[:6] for c in cells]
        say("dropped, with a reason")
        assert "nothing was changed" in letters(i, "drop", "press:0:4")
        assert json.loads(letters(i, "drop", "press:0:4", "--json")) == {"letters": ["press:0:4"], "dropped": 0} and state(i, 4) == "open"
        out = json.loads(letters(i, "drop", "press:0:4", "--yes", "--why", "prov", "--by", "Eva", "--json"))
        assert out == {"letters": ["press:0:4"], "dropped": 1}, out
        assert [v.get("left", "") for v in json.loads(letters(i, "retry", "press:0:4", "--yes", "--json"))["letters"]] == ["it is not open"]
        assert "Eva: prov" in letters(i, "show", "press:0:4") and state(i, 4) == "dropped"
        again_and_again(i, sender)
        social(i, sender)
        say("another operator key: refused, since what it signs would not be believed")
        done = i.run("lagesbild", "deadletters", "retry", "--again", check=False, env={"LAGESBILD_OPERATOR_KEY_FILE": i.env["LAGESBILD_KEY_FILE"]})
        assert done.returncode == 2 and "LAGESBILD_OPERATOR_KEY" in done.stderr, done.stderr
        held = counted(i)
        say("from the dead letter, when the feed has it no more")
        with Client(i.env["KAFKA_BOOTSTRAP_SERVERS"]) as client:
            client.delete_records(i.prefix + "feed.press", 0, int(i.value("SELECT max(last_offset) FROM lagesbild.balance")))
        out = letters(i, "retry", "press:0:3", "--edit", write(i, notice(4)), "--yes")
        assert "1 resolved" in out, out
        i.verify()
        b = balance(i)
        assert counted(i) == held + 1 and b["difference"] == b["lost"] == 0, b
        assert i.value("SELECT count(*) FROM lagesbild.dead_letter WHERE state = 'open'") == "0"
        i.stop(NORMALIZER)
        i.stop(AGGREGATOR)
    say("ok")


if __name__ == "__main__":
    main()
