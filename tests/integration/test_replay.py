#!/usr/bin/env python3
"""lagesbild replay: what it foretells is what happens, a mended register gives the figures of a run from scratch, twice changes nothing, live
messages and kill -9 at any point change nothing either, and no content leaves a feed unasked."""
import json
import os
import shutil
import signal
import subprocess
import time

from faults import Publishing, balance, check_whole, say, write_slice
from installation import ROOT, Installation, wait_for

NORMALIZER, AGGREGATOR = "normalizer-press", "aggregator"
FATES = {"upserted": ("added", "corrected"), "duplicate": ("same",), "superseded": ("older",), "withdrawn": ("withdrawn",),
         "rejected": ("refused", "taken_out")}


def replay(i, *args, check=True, env=None):
    done = i.run("lagesbild", "replay", "press", *args, "--json", check=check, env=env, timeout=180)
    return json.loads(done.stdout) if done.returncode == 0 else done


def as_foretold(told):
    for name, parts in FATES.items():
        assert told["balance"][name] == sum(told[part] for part in parts), (name, told)
    assert told["accounted"] and told["balance"]["lost"] == 0 and told["balance"]["received"] == told["messages"] == told["sent"], told


def spoilt_schemas(i):
    """Reference data in which a municipality has got another name: nothing is placed there."""
    path = os.path.join(i.dir, "schemas")
    shutil.copytree(os.path.join(ROOT, "schemas"), path)
    register = os.path.join(path, "areas", "sweden.csv")
    with open(register, encoding="utf-8") as f:
        text = f.read()
    assert ",Örebro," in text or ",Kumla," in text, text[:500]
    with open(register, "w", encoding="utf-8") as f:
        f.write(text.replace(",Kumla,", ",Kumlax,").replace(",Örebro,", ",Örebrox,"))
    return path


def cells(i):
    return i.psql("SELECT month, area, category, source, n FROM lagesbild.month_cell ORDER BY 1, 2, 3, 4")


def mended_register(i, path):
    say("a register is mended: the preview says what the replay does, and the figures are those of a run from scratch")
    i.start(AGGREGATOR)
    i.start(NORMALIZER, env={"LAGESBILD_SCHEMAS": spoilt_schemas(i)})
    i.collect(path)
    i.produce(b'{"id": 77, "name": "Anna Andersson"', key="77")
    i.verify()
    wrong = cells(i)
    told = replay(i)
    assert told["corrected"] > 0 and told["refused"] == 1 and told["cells"] and "sent" not in told, told
    assert cells(i) == wrong, "a preview has changed figures"
    assert sum(cell["change"] for cell in told["cells"]) == 0, told["cells"]
    i.stop(NORMALIZER)
    i.start(NORMALIZER)
    told = replay(i, "--yes")
    as_foretold(told)
    check_whole(i, path)
    say(f"  {told['messages']} messages, {told['corrected']} corrected, {len(told['cells'])} cells")


def again_changes_nothing(i, path):
    say("twice: nothing changes; one key, a range, a time")
    before, changes = cells(i), i.value("SELECT count(*) FROM lagesbild.change")
    told = replay(i, "--yes")
    as_foretold(told)
    assert told["corrected"] == told["added"] == 0 and told["cells"] == [], told
    key = i.kcat("feed.press", "-C", "-e", "-q", "-c", "1", "-o", "beginning", "-f", "%k\n").decode().split()[0]
    told = replay(i, "--key", key, "--yes")
    as_foretold(told)
    assert 1 <= told["messages"] < 20, told
    told = replay(i, "--partition", "1", "--from", "5", "--to", "9", "--yes")
    as_foretold(told)
    assert told["messages"] == 5, told
    assert replay(i, "--to", "2020-01-01")["messages"] == 0
    assert cells(i) == before and i.value("SELECT count(*) FROM lagesbild.change") == changes
    check_whole(i, path)


def replaying(i):
    """Normalizers of this installation that replay: one outlives the command that is killed, and takes its epoch when it starts."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as line, open(f"/proc/{pid}/environ", "rb") as env:
                if b"--replay" in line.read() and i.prefix.encode() in env.read():
                    found.append(pid)
        except OSError:
            pass
    return found


def while_live(i, path):
    say("while live messages come, and killed at any point")
    more = write_slice(i, 900, 600, "more.ndjson")
    with Publishing(i, more, 300) as p:
        while p.under_way:
            replay(i, "--yes")
    for point in ("replayed:1", "produced:40", "mapped:100", "partition-replayed:2"):
        args = [i.program("lagesbild"), "replay", "press", "--yes", "--json"]
        done = subprocess.run(args, env={**i.env, "LAGESBILD_CRASH": point}, capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode != 0, (point, done)
        say(f"  {point}: exit {done.returncode}")
    for wait in (0.1, 0.4, 0.9):
        child = subprocess.Popen([i.program("lagesbild"), "replay", "press", "--yes"], env=i.env, stdout=subprocess.DEVNULL)
        time.sleep(wait)
        child.send_signal(signal.SIGKILL)
        child.wait()
    wait_for("what the killed ones had started has ended", lambda: not replaying(i))
    as_foretold(replay(i, "--yes"))
    whole = os.path.join(i.dir, "whole.ndjson")
    with open(whole, "wb") as out:
        for part in (path, more):
            with open(part, "rb") as f:
                out.write(f.read())
    b = check_whole(i, whole)
    assert balance(i)["lost"] == 0, b


def guarded(i):
    say("content leaves a feed only when asked for; a wrong key is refused; an epoch never goes back")
    out = os.path.join(i.dir, "out.ndjson")
    refused = i.run("lagesbild", "replay", "press", "--to-file", out, check=False)
    assert refused.returncode == 2 and "--show-content" in refused.stderr and not os.path.exists(out), refused
    i.run("lagesbild", "replay", "press", "--to-file", out, "--mapped")
    with open(out, encoding="utf-8") as f:
        mapped = f.read()
    assert "Anna Andersson" not in mapped and '"incident_id"' in mapped
    i.run("lagesbild", "replay", "press", "--to-file", out, "--show-content")
    with open(out, encoding="utf-8") as f:
        raw = [json.loads(line) for line in f]
    assert any("Anna Andersson" in m["value"] for m in raw) and "\\"  not in raw[0]["topic"]
    shown = i.run("lagesbild", "replay", "press").stdout
    assert "Anna" not in shown and "nothing was sent" in shown, shown
    wrong = replay(i, "--yes", check=False, env={"LAGESBILD_KEY_FILE": i.env["LAGESBILD_OPERATOR_KEY_FILE"]})
    assert wrong.returncode == 2 and "not the key" in wrong.stderr, wrong
    assert i.run("lagesbild", "replay", "press", "--from", "3", check=False).returncode == 2
    assert i.run("lagesbild", "replay", "nosuch", check=False).returncode == 2
    i.run(NORMALIZER, "--replay", "0:0-3", "--epoch", "4000000000000")
    i.verify()
    told = replay(i, "--partition", "0", "--yes")
    as_foretold(told)
    assert int(i.value("SELECT max(epoch) FROM lagesbild.balance")) > 4000000000000


def main():
    with Installation("replay") as i:
        path = write_slice(i, 600)
        mended_register(i, path)
        again_changes_nothing(i, path)
        guarded(i)
        while_live(i, path)
        i.stop(NORMALIZER)
        i.stop(AGGREGATOR)
    say("ok")


if __name__ == "__main__":
    main()
