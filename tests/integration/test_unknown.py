#!/usr/bin/env python3
"""lagesbild unknown: what the mapping and the register do not know, grouped, masked, with the line that makes it known; that line, rebuilt, compared and
promoted; areas import: what can be placed is placed after a replay."""
import json
import os
import shutil
import subprocess

from builds import PARENT
from installation import ROOT, Installation
from messages import Sender

TOPIC = "feed.housing"


def say(text):
    print(text, flush=True)


def case(number, kind, place="Malmen", status="ny"):
    return json.dumps({"arende_id": f"F-{number}", "inkom": "2026-02-10T20:00:00+01:00", "typ": kind, "fastighet_omrade": place, "verifierad": True,
                       "status": status, "uppdaterad": "2026-02-10T21:00:00+01:00"}).encode()


def publish(i):
    kinds = ["cykel_i_trapphus"] * 3 + [" Cykel_i_trapphus "] * 2 + ["tvattstuga_tjafs"] * 4
    kinds += ["ring 070-123 45 67"] * 3 + ["anna@example.se"] * 3 + ["bara en gång"] + ["hog_musik"] * 2
    with Sender(i) as s:
        for n, kind in enumerate(kinds):
            s.send(case(n, kind), f"F-{n}".encode(), topic=TOPIC)
        for n in range(4):
            s.send(case(100 + n, "hog_musik", place="Kvarnparkn"), f"F-{100 + n}".encode(), topic=TOPIC)
            s.send(case(200 + n, "hog_musik", place="Norra Mossen"), f"F-{200 + n}".encode(), topic=TOPIC)
        s.flush()
    return len(kinds) + 8


def unknown(i, *args, status=1):
    done = i.run("lagesbild", "unknown", *args, check=False)
    assert done.returncode == status, done
    return done.stdout


def types(i):
    say("types: spellings that fold alike are one, numbers and addresses are masked, what is rare is not shown")
    found = {r["text"]: r for r in json.loads(unknown(i, "types", "--source", "housing", "--json"))}
    assert set(found) == {"cykel_i_trapphus|verifierad", "tvattstuga_tjafs|verifierad", "ring ▒|verifierad", "▒"}, found
    assert found["cykel_i_trapphus|verifierad"]["messages"] == 5 and not found["cykel_i_trapphus|verifierad"]["masked"], found
    assert found["▒"]["masked"] and found["ring ▒|verifierad"]["masked"], found
    text = unknown(i, "types", "--source", "housing")
    assert "schemas/mappings/housing.csv: cykel_i_trapphus|verifierad,UNK" in text, text
    for hidden in ("070-123", "anna@", "bara en"):
        assert hidden not in text, text
    counted = i.value("SELECT sum(unmapped_7d) FROM lagesbild.source_health WHERE source = 'housing'")
    assert counted in ("0", "16"), counted
    uncounted = i.value("SELECT count(*) FROM lagesbild_store.ledger WHERE type = 0")
    assert uncounted == str(sum(r["messages"] for r in found.values()) + 1), (uncounted, found)
    assert len(unknown(i, "types", "--min", "1", "--limit", "50").splitlines()) > len(text.splitlines())
    unknown(i, "types", "--source", "press", status=0)
    unknown(i, "types", "--source", "nobody", status=2)


def mended(i):
    say("the line, a rebuild, a comparison, a promotion: the figures are as said")
    schemas = os.path.join(i.dir, "schemas")
    shutil.copytree(os.path.join(ROOT, "schemas"), schemas)
    with open(os.path.join(schemas, "mappings", "housing.csv"), "a", encoding="utf-8") as f:
        f.write("cykel_i_trapphus|verifierad,PHY\n")
    i.env["LAGESBILD_SCHEMAS"] = schemas
    i.run("lagesbild", "rebuild", "--into", "next")
    found = json.loads(i.run("lagesbild", "diff", "live", "next", "--json", check=False).stdout)
    moved = {(r["category"], r["difference"]) for r in found["differences"] if r["difference"]}
    assert moved == {("UNK", -5), ("PHY", 5)}, found
    i.run("lagesbild", "promote", "next", "--wait", "30")
    assert i.value("SELECT sum(n) FROM lagesbild.month_cell WHERE category = 'PHY'") == "5"
    text = unknown(i, "types", "--source", "housing")
    assert "cykel_i_trapphus" not in text and "tvattstuga_tjafs" in text, text
    return schemas


def places(i):
    say("places: a slip of the pen is a synonym, what is new gets a line of its own")
    found = {r["text"]: r for r in json.loads(unknown(i, "places", "--source", "housing", "--json"))}
    assert found["Kvarnparkn"]["near"] == "1881-kvarnparken" and found["Norra Mossen"]["near"] is None, found
    assert "1881-kvarnparken, a synonym more: Kvarnparkn" in unknown(i, "places"), found


def areas(i, schemas):
    say("areas import: shown first, then written; what lies elsewhere stays out, nonsense is refused and nothing is written")
    def square(lon, lat, name, code):
        ring = [[lon, lat], [lon + .01, lat], [lon + .01, lat + .01], [lon, lat + .01], [lon, lat]]
        return {"type": "Feature", "properties": {"kod": code, "namn": name}, "geometry": {"type": "Polygon", "coordinates": [ring]}}

    def run(features, *args, status=0):
        path = os.path.join(i.dir, "new.geojson")
        with open(path, "w", encoding="utf-8") as f:
            json.dump({"type": "FeatureCollection", "features": features}, f)
        done = i.run("lagesbild", "areas", "import", path, "--code", "kod", "--name", "namn", *args, check=False)
        assert done.returncode == status, done
        return done.stdout + done.stderr

    register = os.path.join(schemas, "areas", "1881.csv")
    before = open(register, encoding="utf-8").read()
    mine, other = square(15.11, 59.10, "Norra Mossen", "1881A0990"), square(13.0, 57.7, "Annorstädes", "X1")
    assert "1 areas of 1881 are new, 0 get another outline, 1 lie elsewhere" in run([mine, other])
    assert open(register, encoding="utf-8").read() == before, "a preview writes nothing"
    for bad, part in (([square(500000, 6550000, "Meter", "1881-m")], "ogr2ogr"), ([mine, mine], "another feature"),
                      ([square(15.11, 59.10, "Annat namn", "1881-malmen")], "another name"), ([other], "none of"),
                      ([{"type": "Feature", "properties": {"kod": "a"}}], "geometry"), ([{"type": "Feature", "properties": {}}], "feature 1")):
        assert part in run(bad, "--yes", status=2), part
    assert open(register, encoding="utf-8").read() == before
    run([mine, other], "--yes")
    added = open(register, encoding="utf-8").read()[len(before):]
    assert added.startswith("1881-1881a0990,1881,area,Norra Mossen,,59.10"), added
    assert not [n for n in os.listdir(schemas) if n.startswith(".import")]
    assert "0 areas of 1881 are new, 1 get another outline" in run([mine], "--yes")
    i.run("lagesbild", "rebuild", "--into", "placed")
    i.run("lagesbild", "promote", "placed", "--wait", "30")
    i.stop("normalizer-housing")
    i.start("normalizer-housing")
    i.run("lagesbild", "replay", "housing", "--yes")
    assert i.value("SELECT sum(n) FROM lagesbild.month_cell WHERE area = '1881-1881a0990'") == "4"
    assert "Norra Mossen" not in unknown(i, "places"), "it is known now"
    done = subprocess.run([i.program("lagesbild"), "areas", "import", "/dev/null"], env=i.env, capture_output=True, text=True, check=False)
    assert done.returncode == 2, done


def main():
    with Installation("unknown") as i:
        i.start("normalizer-housing")
        i.start("aggregator", env=PARENT)
        publish(i)
        i.verify()
        types(i)
        schemas = mended(i)
        places(i)
        areas(i, schemas)


main()
