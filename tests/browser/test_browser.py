#!/usr/bin/env python3
"""The page in Chromium: from sign-in to the month and the figures behind one; what it shows is what SQL says; keyboard, axe, a phone, a projector.

BROWSER_SHOTS=DIR keeps the screenshots."""
import json
import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..", "..")
sys.path.insert(0, os.path.join(HERE, "..", "lib"))
from api import Api  # noqa: E402
from installation import BUILD, Installation  # noqa: E402

PERIOD = "2024-11"
SOURCES = ("police", "staff", "housing")


def check(what, have, want=True):
    assert have == want, f"{what}: {have!r}, not {want!r}"
    print(f"  {what}")


def build():
    out = os.path.join(os.path.abspath(BUILD), "web")
    subprocess.run(["bash", "-c", '. deploy/lib/base.sh && . deploy/lib/build.sh && web_build "$1"', "web", out], cwd=ROOT, check=True,
                   env={**os.environ, "LAGESBILD_HOME": os.path.join(os.path.abspath(BUILD), "web-build")})
    return out


def fill(i):
    for source in SOURCES:
        i.start(f"normalizer-{source}")
    i.start("aggregator")
    i.run("simulator", "--from", "2022-01", "--to", "2024-12", "--seed", "7", "--sources", ",".join(SOURCES), timeout=300)
    i.verify(240)


def by_sql(i, first, last):
    """Counts of the municipality with its areas, institutions left out, by top category and source."""
    rows = i.psql(f"""SELECT coalesce(g.parent, g.code), m.source, sum(m.n) FROM lagesbild.month_cell m
        JOIN lagesbild.category g ON g.code = m.category JOIN lagesbild.area a ON a.code = m.area
        WHERE m.month BETWEEN '{first}-01' AND '{last}-01' AND a.municipality = '1881' AND NOT a.institution GROUP BY 1, 2""")
    return {(category, source): int(n) for category, source, n in rows}


def same_as_sql(i, seen):
    now, last, twelve = by_sql(i, PERIOD, PERIOD), by_sql(i, "2023-11", "2023-11"), by_sql(i, "2023-12", PERIOD)
    shown = {(r["category"], r["source"]): r for r in seen["rows"]}
    assert len(shown) == len(seen["rows"]) > 15, "each category and source once"
    missing = [k for k, n in now.items() if n and k not in shown]
    check("no figure is left out", missing, [])
    for key, row in shown.items():
        for which, counts in (("now", now), ("last", last), ("twelve", twelve)):
            have = row[which]
            if have["n"] is not None:
                assert have["n"] == counts.get(key, 0), (key, which, have, counts.get(key, 0))
            else:
                assert have["s"] in ("..", "<5") and (have["s"] == "<5" or not counts.get(key)), (key, which, have)
    check("every number on the page is what SQL says", True)


def look(seen):
    check("nothing went wrong in the page, nothing was asked elsewhere", seen["problems"], [])
    check("axe finds nothing serious", [v for v in seen["axe"] if v["impact"] in ("serious", "critical")], [])
    check("the first view is small", seen["firstView"] < 300_000)
    print(f"  {seen['firstView']} bytes; axe else: {[v['id'] for v in seen['axe']]}")
    check("the verdict says what was compared", seen["verdict"]["usual"] > 0 and "inom det vanliga" in seen["verdict"]["text"])
    check("the first key leads past the menu", seen["skip"], "skip")
    check("a figure opens by the keyboard, and its address is a link", seen["drillAddress"].startswith("?visa="))
    check("closing goes back to it", seen["back"])
    check("the filter is the address", seen["only"], ["police"])
    check("the page speaks English", seen["english"], "By source and category")
    check("a session that ended is asked for again", seen["askedAgain"])
    check("the page comes back by itself", seen["recovered"])


def main():
    shots = os.environ.get("BROWSER_SHOTS")
    web = build()
    with Installation("browser") as i:
        fill(i)
        api = Api(i, LAGESBILD_WEB=web)
        person = api.account("siv", role="coordinator")
        folder = shots or i.dir
        os.makedirs(folder, exist_ok=True)
        done = subprocess.run(["node", os.path.join(HERE, "walk.mjs"), api.url, "siv", person.word, PERIOD, folder], text=True,
                              capture_output=True, timeout=240, check=False)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
        seen = json.loads(done.stdout)
        same_as_sql(i, seen)
        look(seen)
        i.stop("api")


if not shutil.which("node") or not os.path.exists(os.environ.get("CHROMIUM", "/usr/bin/chromium")):
    print("node and chromium are needed: deploy/packages/web.txt, test.txt", file=sys.stderr)
    sys.exit(1)
main()
