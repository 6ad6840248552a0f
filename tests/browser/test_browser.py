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


def quality(i, told):
    """What the page says of a month's worth is what SQL says."""
    reported = {r[0] for r in i.psql(f"SELECT unit FROM lagesbild_store.reporter WHERE month = lagesbild_store.month_number('{PERIOD}-01')")}
    units = [r[0] for r in i.psql("SELECT code FROM lagesbild_store.unit ORDER BY n")]
    assert 0 < len(reported) <= len(units) == 8 and told["units"] == f"{len(reported)}/{len(units)} enheter", told["units"]
    assert dict(told["reported"]) == {unit: unit in reported for unit in units}, told["reported"]
    assert told["qualityTitle"].startswith("Datakvalitet · Maj 2025"), told["qualityTitle"]
    for source, worth in told["worth"]:
        n, unknown = map(int, i.psql("SELECT coalesce(sum(n), 0), coalesce(sum(n) FILTER (WHERE category = 'UNK'), 0) FROM lagesbild.month_cell "
                                     f"WHERE source = '{source}' AND month = '{PERIOD}-01'")[0])
        assert worth["unclear"].startswith(f"{unknown} av {n} (" if n else ".."), (source, worth, n)
        received, unmapped = map(int, i.psql("SELECT coalesce(sum(n) FILTER (WHERE measure = 0), 0), coalesce(sum(n) FILTER (WHERE measure = 1), 0) "
                                             "FROM lagesbild_store.intake i JOIN lagesbild_store.source s ON s.id = i.source WHERE day BETWEEN "
                                             f"date '{PERIOD}-01' - date '1970-01-01' AND date '{PERIOD}-31' - date '1970-01-01' AND name = '{source}'")[0])
        assert worth["unmapped"].startswith(f"{unmapped} av {received} (" if received else ".."), (source, worth, received)
        assert worth["late"] == ("importerad historik" if n else ".."), (source, worth)


def main():
    with Installation("browser") as i:
        for source in SOURCES:
            i.start(f"normalizer-{source}")
        i.start("aggregator")
        i.run("simulator", "--sources", ",".join(SOURCES), "--from", "2024-01", "--to", "2025-06", "--seed", "1881")
        i.verify()
        api = Api(i, **WEB)
        person = api.account("samordnare", role="reader,coordinator")
        told, out = visit("visit.mjs", api, EXPECTED="status of 400", NAME=person.name, PASSWORD=person.word, PERIOD=PERIOD), pictures(i)
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
        assert sorted(told["tableCsv"]["lines"]) == sorted(told["table"]) and "per-källa" in told["tableCsv"]["name"], (told["tableCsv"], told["table"])
        assert told["compareCsv"]["lines"] and [line.split(";")[0] for line in told["compared"]][:1] == ["Centrum"], told["compared"]
        assert told["compareCsv"]["lines"] == told["compared"], (told["compareCsv"], told["compared"])
        assert told["own"][0] == "Kumla stad, utan närmare plats" and told["own"][0] in told["own"][2] and told["own"][1] == told["own"][3], told["own"]
        assert told["cellsCsv"]["name"].endswith(".csv") and len(told["cellsCsv"]["lines"]) == 37 and told["cellsCsv"]["name"].startswith(
            "lagesbild-2025-05"), told["cellsCsv"]
        assert "/jamfor/2025T2?kalla=police" in told["switch"] and told["nav"] == [f"/bild/{PERIOD}", f"/jamfor/{PERIOD}"], (told["switch"], told["nav"])
        assert told["focus"] == "cells" and "rad=" in told["address"], told
        assert told["compare"] > 20 and "rad=" in told["drill"] and "omrade=1881" in told["drill"], told
        assert told["paper"] is False, "?utskrift=1 hides the controls"
        assert told["empty"] == ["", "Det finns inga siffror för det som är valt.", 0], told["empty"]
        assert told["phone"]["cut"] == [] and told["phone"]["menu"] < 100, told["phone"]
        quality(i, told)
        assert set(SOURCES) <= set(told["quality"]) and "håller" in told["verdict"] and "hold" in told["english"], told
        assert "housing" in told["delivered"] and "bostäder" not in told["delivered"], told["delivered"]
        assert told["languages"] == ["Situation picture", "Lägesbild"], told["languages"]
        assert os.path.getsize(os.path.join(out, "month.pdf")) > 10000
        assert told["bytes"] < 300_000, told["bytes"]
        assert told["opened"] == [1, 1], f"asked for session and summary {told['opened']} times"
        say(f"  first view {told['bytes'] // 1000} kB; pictures: {out}")


main()
