#!/usr/bin/env python3
"""lagesbild replay: what it foretells is what happens, a mended register gives the figures of a run from scratch, twice changes nothing, live
messages and kill -9 at any point change nothing either, and no content leaves a feed unasked."""
import json
import os
import re
import shutil
import signal
import subprocess
import time

from faults import Publishing, balance, check_whole, say, write_slice
from installation import ROOT, Installation, wait_for
from rdkafka import Client

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
    ahead = into_a_build(i)
    told = replay(i, "--yes")
    as_foretold(told)
    check_whole(i, path)
    now = {(row[0][:7], *row[1:4]): int(row[4]) for row in cells(i)}
    assert {cell: now.get(cell, 0) for cell in ahead} == ahead, "the build was what the replay has given"
    assert i.run("lagesbild", "diff", "live", "ahead", check=False).returncode == 0
    i.run("lagesbild", "drop", "ahead", "--yes")
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


def elsewhere(i):
    say("where the programs or the keys are not: the command to give there; and that command, by what systemd reads")
    alone = os.path.join(i.dir, "alone")
    os.mkdir(alone)
    shutil.copy(i.program("lagesbild"), alone)
    args = ["replay", "press", "--key", "26 maj's"]
    for program, env in ((os.path.join(alone, "lagesbild"), {}), (i.program("lagesbild"), {"LAGESBILD_OPERATOR_KEY_FILE": ""})):
        done = subprocess.run([program, *args], env={**i.env, **env}, capture_output=True, text=True, check=False)
        for way in ("docker compose run --rm lagesbild", "sudo lagesbild-operator"):
            assert done.returncode == 2 and f"{way} replay press --key '26 maj'\\''s'\n" in done.stderr, done
    etc, build = os.path.join(i.dir, "etc"), os.path.dirname(os.path.dirname(i.program("lagesbild")))
    os.makedirs(os.path.join(etc, "secrets"))
    for name, variable in (("installation.key", "LAGESBILD_KEY_FILE"), ("operator.key", "LAGESBILD_OPERATOR_KEY_FILE")):
        shutil.copy(i.env[variable], os.path.join(etc, "secrets", name))
    with open(os.path.join(etc, "secrets", "postgres_admin"), "w", encoding="utf-8") as f:
        f.write(f"[lagesbild]\nuser={i.env['PGUSER']}\n")
    shared = {k: v for k, v in i.env.items() if k.startswith(("KAFKA_", "PG")) or k in ("LAGESBILD_TOPIC_PREFIX", "LAGESBILD_REPLICATION")}
    with open(os.path.join(etc, "lagesbild.env"), "w", encoding="utf-8") as f:
        f.write("# $(exit 9)\n" + "".join(f'{k}="{v}"\n' for k, v in shared.items() if k != "PGUSER") + f"LAGESBILD_PACK={i.env['LAGESBILD_PACK']}\n")
    with open(os.path.join(build, "deploy", "lagesbild-operator"), encoding="utf-8") as f:
        script = f.read()
    script = re.sub(r"\S+/lagesbild \"", f'{i.program("lagesbild")} "', script)
    script = re.sub(r"LAGESBILD_SCHEMAS=\S+", f"LAGESBILD_SCHEMAS={i.env['LAGESBILD_SCHEMAS']}", script)
    done = subprocess.run(["sh", "-c", script, "lagesbild-operator", "replay", "press", "--json"], capture_output=True, text=True, check=False,
                          env={"LAGESBILD_ETC": etc, "PATH": os.environ["PATH"]})
    assert done.returncode == 0 and json.loads(done.stdout)["messages"] > 600, done


def to_topic(i):
    say("into another topic: the messages or the incidents, in order, paced; never one of ours; ^C says how far")
    own = f"{i.prefix}copy"

    def sent(topic, *args, status=0):
        done = i.run("lagesbild", "replay", "press", "--to-topic", topic, *args, check=False)
        assert done.returncode == status, (args, done)
        return json.loads(done.stdout) if status == 0 and "--json" in args else done.stderr

    def read(topic, form):
        return i.kcat(topic[len(i.prefix):], "-C", "-e", "-q", "-o", "beginning", "-f", form + "\n").decode("utf-8", "replace").splitlines()

    for topic in ("feed.press", f"{i.prefix}feed.new", f"{i.prefix}incidents", "deadletters", "__consumer_offsets"):
        assert "--to-topic" in sent(topic, "--show-content", status=2), topic
    for args, part in ((["--rate", "5"], "--show-content"), (["--mapped", "--rate", "0"], "--rate"), (["--mapped", "--speed", "x"], "--speed"),
                       (["--mapped", "--rate", "1", "--speed", "1"], "either"), (["--mapped", "--to-file", "-"], "one of")):
        assert part in sent(own, *args, status=2), args
    told = sent(own, "--show-content", "--json")
    feed = read(f"{i.prefix}feed.press", "%p %k %T %s")
    assert told["made"] and told["whole"] and told["messages"] == len(feed), told
    copied = read(own, "%p %k %T %s")
    assert sorted(copied) == sorted(feed), "key, partition, time and value are the feed's"
    for p in range(4):
        assert [c for c in copied if c[0] == str(p)] == [c for c in feed if c[0] == str(p)], f"order in partition {p}"
    one = read(own, "%T %h")[0]
    assert f"lagesbild-timestamp={one.split()[0]}" in one and f"lagesbild-origin={i.prefix}feed.press:" in one, one
    narrow = f"{i.prefix}narrow"
    with Client(i.env["KAFKA_BOOTSTRAP_SERVERS"]) as client:
        client.create_topic(narrow, 1)
    told = sent(narrow, "--mapped", "--speed", "0", "--json")
    assert not told["made"] and told["messages"] == len(feed), told
    times = [int(line) for line in read(narrow, "%T")]
    assert times == sorted(int(line) for line in read(f"{i.prefix}feed.press", "%T")), "in the order of time, over all partitions"
    mapped = f"{i.prefix}mapped"
    began = time.monotonic()
    told = sent(mapped, "--mapped", "--partition", "0", "--from", "0", "--to", "39", "--rate", "40", "--json")
    assert told["messages"] == 40 and 0.9 < told["seconds"] <= time.monotonic() - began, told
    assert told["partitions"] == [{"partition": 0, "next": 40}], told
    assert all("Anna" not in v for v in read(mapped, "%s"))
    span = [int(line.split()[2]) for line in feed if line[0] == "0"][:40]
    told = sent(mapped, "--mapped", "--partition", "0", "--to", "39", "--speed", str((span[-1] - span[0] + 1) / 1000), "--json")
    assert 0.9 < told["seconds"] < 10, (told, span[-1] - span[0])
    cut = f"{i.prefix}cut"
    child = subprocess.Popen([i.program("lagesbild"), "replay", "press", "--to-topic", cut, "--mapped", "--rate", "50"], env=i.env,
                             start_new_session=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    def some():
        try:
            return read(cut, "%T")
        except subprocess.CalledProcessError:
            return []  # the topic is not there yet

    wait_for("the first of them are there", some)
    os.killpg(child.pid, signal.SIGINT)  # as a terminal does: the normalizer's program too
    out, wrong = child.communicate(timeout=20)
    assert child.returncode == 130 and "stopped: " in out and "the rest: --partition " in out, (child.returncode, out, wrong)
    stopped = int(out.split()[1])
    assert 0 < stopped < len(times) and sorted(int(line) for line in read(cut, "%T")) == times[:stopped], "what came first goes first, over all partitions"


def into_a_build(i):
    say("into a build: what a replay would give, without sending anything")
    before, balances = cells(i), balance(i)
    replaying = replay(i)
    done = i.run("lagesbild", "replay", "press", "--into", "ahead")
    assert "lagesbild diff live ahead" in done.stdout, done.stdout
    assert (cells(i), balance(i)) == (before, balances)
    found = json.loads(i.run("lagesbild", "diff", "live", "ahead", "--json", check=False).stdout)
    changes = {(c["month"][:7], c["area"], c["category"]): c["change"] for c in replaying["cells"]}
    assert changes and {(r["month"], r["area"], r["category"]): r["difference"] for r in found["differences"]} == changes, (found, changes)
    refused = i.run("lagesbild", "promote", "ahead", check=False)
    assert refused.returncode != 0, refused
    assert i.run("lagesbild", "replay", "press", "--into", "ahead", check=False).returncode == 2
    return {(r["month"], r["area"], r["category"], r["source"]): r["n_b"] for r in found["differences"]}


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
        elsewhere(i)
        to_topic(i)
        while_live(i, path)
        i.stop(NORMALIZER)
        i.stop(AGGREGATOR)
    say("ok")


if __name__ == "__main__":
    main()
