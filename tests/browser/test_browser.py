#!/usr/bin/env python3
"""The page in Chromium: signed in by keyboard, a month from the verdict to its cells; every number equals SQL on the same moment; nothing foreign is asked,
nothing is wider than the screen, axe finds nothing serious. Screenshots and a PDF lie in $BROWSER_OUT (the installation's folder unless told otherwise)."""
import os

from api import Api
from installation import Installation
from visit import WEB, clean, pictures, visit

SOURCES = ("police", "housing", "social", "staff")
PERIOD = "2025-05"


def say(text):
    print(text, flush=True)


def figures(i):
    """(category, source) -> what the municipality's open cells (no institution) sum to: the month, the same a year before, twelve months."""
    return {(r[0], r[1]): tuple(int(v) for v in r[2:]) for r in i.psql(
        f"""SELECT category, source, coalesce(sum(n) FILTER (WHERE month = '{PERIOD}-01'), 0),
        coalesce(sum(n) FILTER (WHERE month = date '{PERIOD}-01' - interval '1 year'), 0),
        coalesce(sum(n) FILTER (WHERE month > date '{PERIOD}-01' - interval '1 year'), 0)
        FROM lagesbild_store.open_cell WHERE municipality = '1881' AND month > date '{PERIOD}-01' - interval '13 months' AND month <= '{PERIOD}-01'
        GROUP BY 1, 2""")}


def main():
    with Installation("browser") as i:
        for source in SOURCES:
            i.start(f"normalizer-{source}")
        i.start("aggregator")
        i.run("simulator", "--sources", ",".join(SOURCES), "--from", "2024-01", "--to", "2025-06", "--seed", "1881")
        i.verify()
        api = Api(i, **WEB)
        person = api.account("samordnare", role="reader,coordinator")
        told, out = visit("visit.mjs", api, NAME=person.name, PASSWORD=person.word, PERIOD=PERIOD), pictures(i)
        say(f"{told['heading']}: {told['verdict']} ({len(told['rows'])} rows)")
        clean(told)
        want, compared = figures(i), 0
        unknown = {tuple(r) for r in i.psql("SELECT source, to_char(month, 'YYYY-MM') FROM lagesbild.delivery WHERE municipality = '1881' "
                                            "AND state NOT IN ('complete', 'nothing')")}
        year = {f"2024-{m:02}" for m in range(6, 13)} | {f"2025-{m:02}" for m in range(1, 6)}
        months = {"n": {PERIOD}, "last_year": {"2024-05"}, "r12": year}
        for row in told["rows"]:
            key = (row["category"], row["source"])
            for name, have in zip(("n", "last_year", "r12"), want[key]):
                shown = row[name]
                known = not unknown & {(key[1], m) for m in months[name]}
                right = shown["n"] == str(have) if have or shown["n"] else shown["s"] == "<5" or shown["s"] == ".." and not known
                assert right, (key, name, row, want[key], known)
                compared += 1
        assert compared > 60, compared
        say(f"  {compared} numbers equal SQL")
        assert told["csv"]["lines"] == told["areas"] and len(told["areas"]) > 3 and told["csv"]["name"].startswith("lagesbild-2025-05-områden-"), told["csv"]
        assert told["focus"] == "cells" and "rad=" in told["address"], told
        assert told["compare"] > 20 and "rad=" in told["drill"] and "omrade=1881" in told["drill"], told
        assert told["paper"] is False, "?utskrift=1 hides the controls"
        assert set(SOURCES) <= set(told["quality"]) and "håller" in told["verdict"] and "hold" in told["english"], told
        assert os.path.getsize(os.path.join(out, "month.pdf")) > 10000
        assert told["bytes"] < 300_000, told["bytes"]
        say(f"  first view {told['bytes'] // 1000} kB; pictures: {out}")


main()
