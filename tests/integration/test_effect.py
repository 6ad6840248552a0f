#!/usr/bin/env python3
"""Before and after a measure beside another place: published numbers, every figure against the views by hand, nothing where something is missing."""
import csv
import io
import json
import math
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from api import Api  # noqa: E402
from installation import Installation, wait_for  # noqa: E402

def check(what, have, want=True):
    assert have == want, f"{what}: {have!r}, not {want!r}"
    print(f"  {what}")


def golden(i):
    """crimede-coder.com's and the R package ptools' examples; the first one's error is the root of 370."""
    def wdd(*counts):
        row = i.psql(f"SELECT effect, round(se::numeric, 2), verdict FROM lagesbild_store.wdd({', '.join(map(str, counts))})")[0]
        return tuple(row)

    check("100 to 80 beside 100 to 90", wdd(100, 80, 100, 90), ("-10", f"{math.sqrt(370):.2f}", "unclear"))
    check("207 to 110 beside 308 to 318", wdd(207, 110, 308, 318), ("-107", "30.71", "less"))
    check("the other way", wdd(110, 207, 318, 308), ("107", "30.71", "more"))
    check("nothing at all", wdd(0, 0, 0, 0), ("0", "0.00", "unclear"))
    check("1.96 of them is not beyond", [wdd(100, 100 - d, 0, 0)[2] for d in (24, 25, 26)], ["unclear", "unclear", "less"])
    check("one that is missing", wdd(1, "NULL", 3, 4), ("", "", "none"))


def year_before(month):
    return f"{int(month[:4]) - 1}{month[4:]}"


class Views:
    """What the views say, read once: leaves of month_cell, areas, and what was delivered."""

    def __init__(self, i):
        self.cells = [(m, a, c, s, int(n), int(hid)) for m, a, c, s, n, hid in
                      i.psql("SELECT to_char(month, 'YYYY-MM'), area, category, source, n, n_suppressed FROM lagesbild.month_cell")]
        self.areas = i.psql("SELECT code, parent FROM lagesbild.area WHERE NOT institution AND kind <> 'place'")
        self.below = {r[0] for r in i.psql("SELECT DISTINCT source FROM lagesbild.month_cell WHERE municipality = '1881' AND area <> '1881'")}
        self.whole = {tuple(r) for r in i.psql("SELECT source, to_char(month, 'YYYY-MM') FROM lagesbild.delivery WHERE municipality = '1881' "
                                               "AND state IN ('complete', 'nothing')")}

    def tree(self, area):
        return {area}.union(*(self.tree(code) for code, parent in self.areas if parent == area))

    def figure(self, source, area, category, first, last):
        year, month = int(first[:4]), int(first[5:])
        months = [f"{year + (month + k - 1) // 12}-{(month + k - 1) % 12 + 1:02}" for k in range(12)]
        months = months[:months.index(last) + 1]
        tree = self.tree(area)
        mine = [(n, hid) for m, a, c, s, n, hid in self.cells
                if m in months and a in tree and (c == category or c.startswith(category + ".")) and s == source]
        n, hid = sum(x for x, _ in mine), sum(x for _, x in mine)
        lacking = area != "1881" and source not in self.below or any((source, m) not in self.whole for m in months)
        if n == 0 and (hid or lacking):
            return {"s": "<5" if hid else ".."}
        return {"n": n, "s": "≥"} if hid or lacking else {"n": n}


def compared(p, views, sources):
    seen, lacks = {}, set()
    for area, control in (("1881-centrum", "1881-kumlaby"), ("1881-stad", "1881-hallabrottet"), ("1881-asen", "1880")):
        for category in ("DAM", "ORD", "FIR", "CON", "VIO"):
            for first, last in (("2025-01", "2025-01"), ("2025-02", "2025-07"), ("2024-09", "2025-08")):
                asked = {"area": area, "control": control, "category": category, "from": first, "to": last}
                answer = p.get("/api/v1/effect", **asked).json
                assert {k: answer[k] for k in asked} == asked, answer
                assert (answer["before_from"], answer["before_to"]) == (year_before(first), year_before(last)), answer
                for row in answer["rows"]:
                    source = row["source"]
                    assert source in sources or all(row[k] == {"s": ".."} for k in ("before", "after")), row
                    if source not in sources:
                        continue
                    want = {f"{c}{w}": views.figure(source, code, category, *span) for c, code in (("", area), ("control_", control)) if code != "1880"
                            for w, span in (("before", (year_before(first), year_before(last))), ("after", (first, last)))}
                    have = {k: row[k] for k in want}
                    assert have == want, (asked, source, have, want)
                    lacks |= {f.get("s") for f in have.values()}
                    figures = [row[k] for k in ("before", "after", "control_before", "control_after")]
                    if any("s" in f for f in figures):
                        assert (row["effect"], row["se"], row["verdict"]) == (None, None, "none"), row
                    else:
                        a, b, c, d = (f["n"] for f in figures)
                        effect, se = b - a - (d - c), math.sqrt(a + b + c + d)
                        verdict = "unclear" if abs(effect) <= 1.96 * se else "less" if effect < 0 else "more"
                        assert (row["effect"], row["se"], row["verdict"]) == (effect, round(se, 2), verdict), row
                    seen.setdefault(row["verdict"], []).append((asked, source))
    print(f"  {sum(map(len, seen.values()))} rows as by hand: " + ", ".join(f"{k} {len(v)}" for k, v in sorted(seen.items())))
    check("whole ones, withheld ones, unknown ones, at least", lacks, {None, "<5", "..", "≥"})
    return seen


def areas(p):
    """Of areas that a source has never named it says nothing; what is said twice is meant once; the prison is no area."""
    month = {"from": "2025-03", "to": "2025-03"}
    once, twice = (p.get("/api/v1/cells", area=a, category="DAM,CON", **month).json["rows"] for a in ("1881", "1881,1881"))
    check("an area, category or source that is said twice", (twice, p.get("/api/v1/cells", category="DAM,CON,DAM", source="police,social,police", **month).json["rows"]),
          (once, [r for r in once if r["source"] in ("police", "social")]))
    check("in a data set too", *(p.get("/api/v1/cells", area=a, format="json-stat", **month).json for a in ("1881,1881", "1881")))
    check("one with nothing in it", p.get("/api/v1/cells", category="FIR", source="social", format="json-stat", **month).status, 404)
    social = [(r["area"] == "1881", r["n"], r["status"]) for r in p.get("/api/v1/cells", source="social", below="1", **month).json["rows"]]
    check("the social services say nothing of areas", {r for r in social if not r[0]}, {(False, None, "..")})
    check("but of the municipality", any(n for whole, n, _ in social if whole))
    police = p.get("/api/v1/cells", source="police", below="1", **month).json["rows"]
    check("the police say that there was nothing", 0 in {r["n"] for r in police if r["area"] != "1881"})
    check("the prison is not among them", [r["area"] for r in police if r["area"] == "1881-anstalten"], [])
    refused = [p.get(path, **more).status for path in ("/api/v1/cells", "/api/v1/summary/2025-03") for more in ({"area": "1881-anstalten"}, {"area": "1881-borta"})]
    check("nor asked for by name", refused, [404] * 4)
    whole, part = (p.get("/api/v1/summary/2025-03", area=a).json for a in ("1881", "1881-centrum"))
    check("a picture says who tells of areas", [{s["source"]: s["areas"] for s in x["sources"] if s["source"] in ("police", "social")} for x in (whole, part)],
          [{"police": True, "social": False}] * 2)
    check("and in an area that the others do not", [s["state"] for s in part["sources"] if s["source"] in ("police", "social")], ["complete", "not_connected"])
    year, month = map(int, whole["series_first"].split("-"))
    withheld = (2025 - year) * 12 + 1 - month
    damage, = (r for r in whole["rows"] if (r["category"], r["source"]) == ("DAM", "police"))
    check("a month that something is withheld in is no point", (damage["series"][withheld], damage["series"][withheld + 1] is None), (None, False))


def quality(i, p):
    """How many small counts the figures lack is said beside them."""
    want = int(i.value("SELECT sum(n_suppressed) FROM lagesbild.month_cell WHERE month = '2025-03-01' AND source = 'social'"))
    have = {s["source"]: s["withheld"] for s in p.get("/api/v1/quality", period="2025-03").json["sources"]}
    check("what is withheld stands beside what is counted", (have["social"], have["citizen"], want > 0), (want, 0, True))


def revised(i, p):
    """What has changed since an edition: nothing is counted from a side that is withheld."""
    i.run("lagesbild", "publish", "2025-03", "--draft")
    cell = "(662::bigint << 32) + (a.id::bigint << 16) + (g.id << 6) + s.id FROM lagesbild_store.area a, lagesbild_store.category g, lagesbild_store.source s WHERE a.code = '1881'"
    n, hid = map(int, i.psql("SELECT n, n_suppressed FROM lagesbild.month_cell WHERE month = '2025-03-01' AND area = '1881' AND category = 'CON' AND source = 'social'")[0])
    for n_new, hidden in ((0, 1), (n + 6, 1)):
        i.psql(f"UPDATE lagesbild_store.cell SET n = {n_new}, n_suppressed = {hidden} WHERE cell = (SELECT {cell} AND g.code = 'CON' AND s.name = 'social')")
        text = p.get("/api/v1/editions/1/revisions", format="csv" if n_new else "csv-excel").body.decode("utf-8-sig")
        rows = [r for r in csv.DictReader(io.StringIO(text), delimiter="," if n_new else ";") if r["source"] == "social" and r["month"] == "2025-03"]
        check(f"{n} to {n_new}, {hidden} withheld", {(r["delta"], r["frozen"], r["frozen_status"], r["now"], r["now_status"]) for r in rows},
              {("", str(n), "≥" if hid else "", str(n_new) if n_new else "", "≥" if n_new else "<5")})


def refused(p):
    good = {"area": "1881-haga", "control": "1881-asen", "category": "DAM", "from": "2025-01", "to": "2025-12"}
    check("twelve months", p.get("/api/v1/effect", **good).status, 200)
    for change, status in (({"from": "2024-12"}, 400), ({"to": "2024-12"}, 400), ({"from": "2025-13"}, 400), ({"from": "2025"}, 400), ({"to": "2099T1"}, 400),
                           ({"control": "1881-haga"}, 400), ({"control": "1881-stad"}, 400), ({"control": "1881"}, 400), ({"control": "18"}, 400),
                           ({"area": "1881", "control": "1881-haga"}, 400), ({"area": "borta"}, 404), ({"control": "borta"}, 404), ({"area": "1881-torget"}, 404),
                           ({"category": "borta"}, 404), ({"area": ""}, 400), ({"control": ""}, 400), ({"from": ""}, 400), ({"category": ""}, 400), ({"edition": "1"}, 400)):
        answer = p.get("/api/v1/effect", **{**good, **change})
        assert answer.status == status, (change, answer.status, answer.body)
    check("contradictions and strangers", True)
    future = p.get("/api/v1/effect", **{**good, "from": "2099-01", "to": "2099-02"}).json["rows"]
    check("months to come have no effect", {r["verdict"] for r in future}, {"none"})


def judged_alike(i, p):
    """The terminal's picture and the page call a change the same."""
    words = {}
    for month in ("2024-11", "2024-12", "2025-01", "2025-03", "2025-07"):
        summary = p.get(f"/api/v1/summary/{month}").json
        short = {s["source"]: s["short"] for s in summary["sources"]}
        page = {(r["sv"], short[r["source"]]): "chance" if r["verdict"] in ("increase", "decrease") and not r["holds"] else r["verdict"] for r in summary["rows"]}
        shown = {(r["category"], r["source"]): r["verdict"] for r in json.loads(i.run("lagesbild", "picture", "--json", "--month", month).stdout)["rows"]
                 if r["area"] == "1881"}
        assert shown, month
        for key, verdict in shown.items():
            want = "none" if page[key] == "new" else page[key]
            assert verdict == want, (month, key, verdict, want)
            words[verdict] = words.get(verdict, 0) + 1
    check("the terminal judges as the page", {"none", "usual"} < words.keys())
    print(f"  {words}")
    text = i.run("lagesbild", "picture", "--month", "2025-03").stdout
    check("in its words", "· inom det vanliga" in text and max(map(len, text.splitlines())) <= 80)


def main():
    with Installation("effect") as i:
        golden(i)
        sources = ("police", "social", "citizen")
        for source in sources:
            i.start(f"normalizer-{source}")
        i.start("aggregator")
        i.run("simulator", "--from", "2023-09", "--to", "2025-08", "--seed", "7", "--sources", ",".join(sources), "--scale", "1")
        i.verify()
        api = Api(i)
        p = api.account("rut")
        # The social services' counts are of the municipality; here one of the police's is withheld as theirs are.
        i.psql("UPDATE lagesbild_store.cell c SET n = 0, n_suppressed = 1 FROM lagesbild_store.area a, lagesbild_store.category g WHERE a.code = '1881-centrum' AND "
               "g.code = 'DAM' AND c.cell = (660::bigint << 32) + (a.id::bigint << 16) + (g.id << 6) + (SELECT id FROM lagesbild_store.source WHERE name = 'police')")
        seen = compared(p, Views(i), sources)
        check("every verdict is there", {"none", "unclear"} < seen.keys() and seen.keys() & {"less", "more"} != set())
        refused(p)
        judged_alike(i, p)
        areas(p)
        quality(i, p)
        revised(i, p)
        for group in ("steering", "operational"):
            i.run("lagesbild", "accounts", "sources", "--group", group, "--hide", "police")
        asked = seen["unclear"][0][0]
        wait_for("a hidden source is not there", lambda: all(r["source"] != "police" for r in p.get("/api/v1/effect", **asked).json["rows"]))
        check("nor for nobody", api.nobody().get("/api/v1/effect", **asked).status, 401)


main()
