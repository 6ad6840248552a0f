"""The recipe "To add a source" (services/README.md), followed to the letter in a copy of the tree: the guards' reports as an eighth source.

Nothing changes but the new source's own files and a row each in sources.csv and delivery.csv; the operator's command and the aggregator are
those of this build, which have never heard of it. setup takes the rows into a database that was set up before, and refuses what would change it.
"""
import json
import os
import re
import shutil
import subprocess
import sys

from faults import AGGREGATOR, say
from installation import BUILD, ROOT, Installation, wait_for
from messages import Sender

WORK = os.path.join(os.path.abspath(BUILD), "add-source")
TREE, TREE_BUILD = os.path.join(WORK, "tree"), os.path.join(WORK, "build")
NORMALIZER = os.path.join(TREE_BUILD, "bin", "normalizer-guard")
MODEL = "normalizer-rescue"
MAPPING = "source_type,category\n1,DAM\n2,ORD.PUB\n3,NOI\n"
EVENT = {"larmnummer": "V-1", "insatstyp": "forsta", "handelsetyp_id": 2, "larm_tid": "2026-05-26 19:04", "kommun": "1881", "plats": "Hällabrottet"}
RESCUED = "2026-05-01,1881-hallabrottet,ACC.TRA,rescue,1"
GUARDED = "2026-05-01,1881-hallabrottet,ORD.PUB,guard,1"


def path(*parts):
    return os.path.join(TREE, *parts)


def edit(name, change):
    """A file of the copy, changed by change(text); a change that changes nothing means that the recipe no longer fits."""
    with open(path(name), encoding="utf-8") as f:
        before = f.read()
    after = change(before)
    assert after != before, f"{name}: nothing to change where the recipe says so"
    with open(path(name), "w", encoding="utf-8") as f:
        f.write(after)
    return before


def write(name, text):
    os.makedirs(os.path.dirname(path(name)), exist_ok=True)
    with open(path(name), "w", encoding="utf-8") as f:
        f.write(text)


def renamed(text):
    return text.replace("rescue", "guard").replace("RESCUE", "GUARD")


def copy_tree():
    shutil.rmtree(WORK, ignore_errors=True)
    for name in ("services", "schemas", "deploy", "tests"):
        shutil.copytree(os.path.join(ROOT, name), path(name), ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("CMakeLists.txt", "docker-compose.yml"):
        shutil.copy(os.path.join(ROOT, name), path(name))


def entry_after(model, text, pattern):
    """The model's lines in a deployment's file, and the same once more for the new source."""
    return re.sub(pattern, lambda m: m[0] + m[0].replace(model, "normalizer-guard"), text, count=1, flags=re.M)


def follow_recipe():
    """Its steps by their numbers. The reference data's changes are the last, so that the first database is the old tree's."""
    copy_tree()
    shutil.copytree(path("services", MODEL), path("services", "normalizer-guard"))  # 1
    for name in ("main.c", "map.c", "map.h"):  # 1 to 3: the table of fields is the model's, which is enough to be a source
        edit(f"services/normalizer-guard/{name}", renamed)
    for kind in ("avsc", "schema.json"):  # 4
        shutil.copy(path("schemas", "feeds", f"rescue.{kind}"), path("schemas", "feeds", f"guard.{kind}"))
        edit(f"schemas/feeds/guard.{kind}", lambda text: renamed(text).replace("RescueResponse", "GuardReport"))
    write("schemas/mappings/guard.csv", MAPPING)  # 5
    edit("deploy/kumla/delivery.csv", lambda text: text + "guard,events,2026-01,7\n")  # 6
    edit("schemas/sources.csv", lambda text: text + f"{len(text.splitlines())},guard,Ordningsvakternas rapporter,Guards' reports,vakter,internal\n")
    write("tests/golden/guard/report.in", json.dumps(EVENT, ensure_ascii=False) + "\n")  # 7
    shutil.copy(path("tests", "unit", "rescue_map_test.c"), path("tests", "unit", "guard_map_test.c"))
    edit("tests/unit/guard_map_test.c", renamed)
    edit("deploy/Dockerfile", lambda text: entry_after(MODEL, text, rf"^FROM runtime AS {MODEL}\n.*\n.*\n\n"))  # 8
    edit("docker-compose.yml", lambda text: entry_after(MODEL, text, rf"^  {MODEL}:\n.*\n.*\n"))
    edit("deploy/prometheus/prometheus.yml", lambda text: entry_after(MODEL, text, rf"^  - job_name: {MODEL}\n.*\n.*\n"))


def command(*args, **kw):
    done = subprocess.run(args, text=True, capture_output=True, check=False, **kw)
    assert done.returncode == 0, f"{' '.join(args)} exited {done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


def build_and_check():
    """The new program alone is built; the tree's own checks find nothing missing."""
    command("cmake", "-G", "Ninja", "-S", TREE, "-B", TREE_BUILD, "-DCMAKE_BUILD_TYPE=Debug", "-DLAGESBILD_TESTS=OFF")
    command("ninja", "-C", TREE_BUILD, "-j2", "normalizer-guard")
    for check in (("style.py",), ("unit/check_reference.py", TREE), ("compose/standin.py", "--check")):
        command(sys.executable, path("tests", check[0]), *check[1:], cwd=TREE)
    env = {**os.environ, "LAGESBILD_SCHEMAS": path("schemas"), "LAGESBILD_PACK": path("deploy", "kumla")}
    with open(path("tests", "golden", "guard", "report.in"), encoding="utf-8") as f:
        record = json.loads(command(NORMALIZER, "--map", stdin=f, env=env))
    assert (record["source"], record["source_type"], record["category"]) == ("guard", "2", "ORD.PUB"), record
    say("  built; style, reference data, compose and --map are content")


def cells(i):
    return sorted(",".join(row) for row in i.psql("SELECT month, area, category, source, n FROM lagesbild.month_cell WHERE n > 0"))


def setup(i):
    return i.run("lagesbild", "setup", check=False)


def refused(i, name, change, words):
    """setup with a file changed so ends with 2 and says why; the file is put back."""
    before = edit(name, change)
    done = setup(i)
    assert done.returncode == 2 and words in done.stderr, f"{name}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    write(name, before)
    say(f"  refused: {done.stderr.strip()[:150]}")


def publish(sender, source, event):
    sender.send(json.dumps(event).encode(), event["larmnummer"].encode(), topic=f"feed.{source}")
    sender.flush()


def before_it_came(i):
    i.start(MODEL)
    i.start(AGGREGATOR)
    wait_for("both are ready", lambda: all("event=assigned" in i.log(n) for n in i.processes))
    publish(i.sender, "rescue", EVENT)
    i.verify()
    assert cells(i) == [RESCUED], cells(i)
    i.stop(AGGREGATOR)


def setup_adds_and_refuses(i):
    i.env.update(LAGESBILD_SCHEMAS=path("schemas"), LAGESBILD_PACK=path("deploy", "kumla"))
    refused(i, "schemas/mappings/rescue.csv", lambda text: text.replace("2,ACC.TRA", "2,ACC.OTH"), 'type "2" of rescue is changed in the mapping')
    refused(i, "schemas/sources.csv", lambda text: text.replace("3,rescue", "33,rescue"), "source rescue has another number")
    refused(i, "schemas/sources.csv", lambda text: text + "9,guard,x,x,x,internal\n", "the source guard stands twice")
    refused(i, "schemas/sources.csv", lambda text: text.replace(",guard,", ",../guard,"), "a source's name is")
    refused(i, "schemas/sources.csv", lambda text: text.replace("8,guard", "64,guard"), "a source's number is 1 to 63")
    refused(i, "schemas/sources.csv", lambda text: text.replace("vakter,internal", "vakter,secret"), "a source's release is public, internal or restricted")
    assert i.value("SELECT count(*) FROM lagesbild.source") == "7", "a refused setup has left something behind"
    first, again = setup(i), setup(i)
    assert first.returncode == 0 and again.returncode == 0, first.stderr + again.stderr
    added = sorted(re.sub(r"\s+", " ", line) for line in first.stdout.splitlines() if "already so" not in line)
    assert [re.sub(r"\d+ mapped", "mapped", line) for line in added] == [
        "build mapped types 3 added or changed", "build 8 sources 1 added or changed", "pack deliveries 1 added or changed"], added
    assert all("already so" in line for line in again.stdout.splitlines()), again.stdout
    say("  setup adds: " + "; ".join(added) + "; again: nothing")


def after_it_came(i):
    i.start(AGGREGATOR)
    i.start("normalizer-guard", NORMALIZER)
    wait_for("both are ready", lambda: all("event=assigned" in i.log(n) for n in i.processes))
    publish(i.sender, "guard", EVENT)
    i.verify()
    assert cells(i) == sorted([RESCUED, GUARDED]), cells(i)
    wait_for("status shows the position that the normalizer commits twice a second", lambda: any(
        p["topic"] == f"{i.prefix}feed.guard" and p["position"] == 1
        for p in json.loads(i.run("lagesbild", "status", "--json").stdout)["positions"]))
    say("  month_cell: " + "; ".join(cells(i)))


def main():
    say("the recipe, in a copy of the tree")
    follow_recipe()
    build_and_check()
    with Installation("addsource") as i:
        i.sender = Sender(i)
        say("a database that was set up before")
        before_it_came(i)
        setup_adds_and_refuses(i)
        after_it_came(i)
        for name in list(i.processes):
            i.stop(name)


if __name__ == "__main__":
    main()
