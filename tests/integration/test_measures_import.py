#!/usr/bin/env python3
"""Measures in and out as a table: all rows or none, each with what is wrong with it; what went out comes in again."""
import csv
import io
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from api import Api  # noqa: E402
from installation import Installation  # noqa: E402

GOOD = {"title": "Belysning vid stationen", "problem": "Skadegörelse", "kind": "Situationell", "owner": "Teknik och gata", "area": "centrum",
        "category": "Skadegörelse", "perspective": "plats", "starts": "2026-04-01", "ends": "", "public": "nej"}


def check(what, have, want=True):
    assert have == want, f"{what}: {have!r}, not {want!r}"
    print(f"  {what}")


def send(p, rows, dry_run=False):
    answer = p.post("/api/v1/measures/import", {"rows": rows, "dry_run": dry_run})
    assert answer.status == 200, answer.body
    return answer.json


def bad(p, **fields):
    told = send(p, [{**GOOD, **fields}])
    assert (told["bad"], told["imported"], told["rows"][0]["ok"]) == (1, 0, False), told
    return told["rows"][0]["field"]


def words(p):
    told = send(p, [GOOD], dry_run=True)
    check("tried", told, {"rows": [{"row": 1, "ok": True, "title": GOOD["title"]}], "good": 1, "bad": 0, "imported": 0})
    check("nothing is kept", p.get("/api/v1/measures").json["rows"], [])
    check("done", send(p, [GOOD])["imported"], 1)
    m = p.get("/api/v1/measures").json["rows"][0]
    check("words became codes", [m[k] for k in ("kind", "owner", "area", "category", "perspective", "starts", "ends", "public", "state")],
          ["situational", "teknik", "1881-centrum", "DAM", "situation", "2026-04-01", None, False, "proposed"])
    told = send(p, [{**GOOD, "owner": "Streets and parks", "state": "Uppföljd", "follow_up": "2026-05-01", "result": "Färre"}, {**GOOD, "state": "pågår", "follow_up": "2026-05-01"}])
    check("a list of what goes on already", told["imported"], 2)
    told = send(p, [GOOD, {**GOOD, "area": ""}, {**GOOD, "title": "En annan"}, {**GOOD, "title": "En annan"}], dry_run=True)
    check("what is there already is said", ([r.get("warning") for r in told["rows"]], told["good"]), ([f"Finns redan: åtgärd {m['id']}", None, None, None], 4))
    steps = {m["state"]: [h["new"]["state"] for h in p.get(f"/api/v1/measures/{m['id']}").json["history"]][::-1] for m in p.get("/api/v1/measures").json["rows"]}
    check("each state was passed", steps["followed-up"], ["proposed", "decided", "ongoing", "done", "followed-up"])
    check("and only those", steps["ongoing"], ["proposed", "decided", "ongoing"])


def refused(i, p):
    before = i.value("SELECT count(*) FROM lagesbild_desk.measure")
    told = send(p, [GOOD, {**GOOD, "owner": "Ingen"}, {**GOOD, "starts": "1/4 2026"}])
    check("one bad row is enough", (told["good"], told["bad"], told["imported"]), (1, 2, 0))
    check("each is told", told["rows"][1:], [{"row": 2, "ok": False, "field": "owner", "text": "Den ansvariga finns inte bland aktörerna"},
                                            {"row": 3, "ok": False, "field": "starts", "text": "Datum skrivs 2026-04-01"}])
    check("of its field", [bad(p, **f) for f in (
        {"title": ""}, {"title": "x" * 201}, {"problem": " "}, {"kind": "annan"}, {"owner": ""}, {"area": "Atlantis"}, {"category": "YYY"}, {"starts": "2026-02-30"},
        {"starts": "tomorrow"}, {"ends": "2026-03-31"}, {"state": "beslutad"}, {"state": "uppföljd", "follow_up": "2026-05-01"}, {"public": "ja"}, {"public": "kanske"},
        {"meeting": "999"}, {"depends_on": "999"}, {"same_problem": "nej"}, {"notes": "x" * 10001}, {"perspective": "?"})],
        ["title", "title", "problem", "kind", "owner", "area", "category", "starts", "starts", "ends", "follow_up", "result", "public_text", "public", "meeting",
         "depends_on", "same_problem", "notes", "perspective"])
    told = send(p, [{**GOOD, "starts": "2026-02-30"}, {**GOOD, "follow_up": "2026-03-31"}, {**GOOD, "title": ["x"]}, {**GOOD, "ends": "infinity"}])
    check("in words", [(r["field"], r["text"]) for r in told["rows"]], [("starts", "Datumet finns inte"), ("follow_up", "Uppföljningen ligger före början"),
                                                                        ("title", "Ett fält har fel form"), ("ends", "Datum skrivs 2026-04-01")])
    check("personal data", [bad(p, cause="850101-1234 i trappan"), bad(p, notes="Ring 070-123 45 67"), bad(p, owner="a.b@kumla.se")], ["cause", "notes", "owner"])
    told = send(p, [{**GOOD, "namn": "x"}, "x", {**GOOD, "850101-1234": "x"}, {**GOOD, "title": {"a": "850101-1234"}}])
    check("not a row of ours", [(r["field"], "850101" in r["text"]) for r in told["rows"]], [(None, False)] * 3 + [("title", False)])
    check("nothing was kept", i.value("SELECT count(*) FROM lagesbild_desk.measure"), before)
    for body in ({}, {"rows": [GOOD]}, {"rows": GOOD, "dry_run": True}, {"rows": [], "dry_run": True}, {"rows": [GOOD], "dry_run": "no"},
                 {"rows": [GOOD], "dry_run": True, "x": 1}, [GOOD], {"rows": [GOOD] * 501, "dry_run": True}, b"{"):
        assert p.post("/api/v1/measures/import", body).status == 400, str(body)[:80]
    check("501 rows, and bodies of other shapes", True)
    told = send(p, [{**GOOD, "state": "uppföljd", "follow_up": "2026-05-01", "result": "Färre", "notes": "x " * 200, "cause": "x " * 200}] * 500, dry_run=True)
    check("500 full rows that have come to their end, within the api's time", (told["good"], told["imported"]), (500, 0))


def table(p, form, separator):
    answer = p.get("/api/v1/measures", format=form)
    text = answer.body.decode("utf-8")
    return answer, list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=separator))


def out(i, p, reader):
    links = " ".join(str(m["id"]) for m in p.get("/api/v1/measures").json["rows"][:2])
    nasty = {**GOOD, "title": "=HYPERLINK(\"http://x\")", "problem": "@SUM(1;2)\nrad två; \"citat\", å€😀", "cause": "-1+1", "notes": "'=redan", "depends_on": links,
             "public": "ja", "public_text": "Vi lyser upp", "state": "klar", "follow_up": "2099-01-01"}
    check("what a spreadsheet would run is a text to us", send(p, [nasty])["imported"], 1)
    stored = i.value("SELECT max(id) FROM lagesbild_desk.measure WHERE title LIKE '=HYPER%'")
    have = p.get(f"/api/v1/measures/{stored}").json
    check("as it was written", (have["title"], have["problem"], have["cause"]), (nasty["title"], nasty["problem"], nasty["cause"]))
    shown = next(m for m in reader.get("/api/v1/public/measures").json["rows"] if m["text"] == "Vi lyser upp")
    owner = next(a for a in reader.get("/api/v1/actors").json["rows"] if a["code"] == have["owner"])
    check("its owner, for anybody, in both languages", (shown["owner"], shown["owner_en"]), (owner["sv"], owner["en"]))
    answer, rows = table(reader, "csv-excel", ";")
    check("for Excel", (answer.headers["Content-Type"], answer.body[:3], answer.headers["Content-Disposition"]),
          ("text/csv; charset=utf-8", b"\xef\xbb\xbf", 'attachment; filename="lagesbild.csv"'))
    cells = [v for r in rows for v in r.values()]
    check("no cell is a formula", [v for v in cells if v[:1] in ("=", "+", "-", "@", "\t", "\r")], [])
    row = next(r for r in rows if r["id"] == stored)
    check("its formulas are texts", (row["title"], row["cause"]), ("'" + nasty["title"], "'-1+1"))
    check("links and flags", (row["depends_on"], row["public"], row["overdue"], row["follow_up"]), (links, "true", "false", "2099-01-01"))
    listed = p.get("/api/v1/measures").json["rows"]
    check("the list's measures in its order", [r["id"] for r in rows], [str(m["id"]) for m in listed])
    check("all columns but the steps that may follow", set(rows[0]), set(listed[0]) - {"next", "days_late"})
    check("CSV has the same", table(reader, "csv", ",")[1], rows)
    lines = [json.loads(line) for line in reader.get("/api/v1/measures", format="ndjson").body.decode().splitlines()]
    check("so has NDJSON", [(r["id"], r["title"], r["public"]) for r in lines], [(m["id"], m["title"], m["public"]) for m in listed])
    check("JSON stays", reader.get("/api/v1/measures", format="json").json, p.get("/api/v1/measures").json)
    check("filtered", [r["id"] for r in csv.DictReader(io.StringIO(reader.get("/api/v1/measures", format="csv", state="ongoing").body.decode()))],
          [str(m["id"]) for m in listed if m["state"] == "ongoing"])
    check("another form", reader.get("/api/v1/measures", format="xlsx").status, 400)
    check("back in", send(p, rows)["imported"], len(rows))
    plain = ("title", "problem", "category", "area", "cause", "notes", "kind", "owner", "starts", "follow_up", "result", "state", "public", "public_text", "depends_on")
    again = [m for m in p.get("/api/v1/measures").json["rows"] if m["id"] not in {x["id"] for x in listed}]
    check("as it was", sorted(json.dumps([m[k] for k in plain]) for m in again),
          sorted(json.dumps([m[k] for k in plain]) for m in listed))


def codes(i, p):
    made = p.post("/api/v1/measures", {"title": "t", "problem": "p", "kind": "social", "owner": "teknik", "area": "1881-haga", "category": "DAM"})
    url = f"/api/v1/measures/{made.json['id']}"
    check("codes of the picture", made.status, 201)
    for field in ("area", "category"):
        answer = p.put(url, {"version": 1, field: "borta"})
        check(f"no such {field}", (answer.status, answer.json["detail"].split(":")[0]), (400, field))
    event = p.post("/api/v1/events", {"title": "t", "starts": "2026-04-01", "area": "borta"})
    check("nor of an event", (event.status, event.json["detail"].split(":")[0]), (400, "area"))
    level = p.put("/api/v1/priorities/borta", {"version": 0, "level": "red", "reason": "x"})
    check("nor of a level", (level.status, level.json["detail"].split(":")[0]), (400, "area"))
    i.psql("SET session_replication_role = replica; UPDATE lagesbild_desk.measure SET area = 'fordom', category = 'fordom' WHERE id = " + url.rsplit("/", 1)[1])
    i.psql("SET session_replication_role = replica; INSERT INTO lagesbild_desk.priority VALUES ('fordom', 'red', 'x', 1); "
           "INSERT INTO lagesbild_desk.event VALUES (77, 't', 'fordom', NULL, '2026-04-01', '2026-04-01', 'planned', 1)")
    check("what stood there stays", [p.put(url, {"version": 1, "notes": "x"}).status, p.put("/api/v1/events/77", {"version": 1, "title": "u"}).status,
                                     p.put("/api/v1/priorities/fordom", {"version": 1, "level": "green", "reason": "x"}).status], [200, 200, 200])
    check("and goes only to another that there is", p.put(url, {"version": 2, "area": "1881-asen"}).status, 200)


def main():
    with Installation("import") as i:
        api = Api(i)
        p, reader, actor = api.account("karin", role="coordinator"), api.account("rut"), api.account("pia", role="actor", actor="teknik")
        words(p)
        refused(i, p)
        check("a coordinator's", [x.post("/api/v1/measures/import", {"rows": [GOOD], "dry_run": True}).status for x in (reader, actor, api.nobody())], [403, 403, 401])
        out(i, p, reader)
        codes(i, p)
        check("imports are in the audit", i.value("SELECT string_agg(detail ->> 'rows', ' ' ORDER BY n) FROM lagesbild_desk.audit WHERE what = 'measures imported'"), "1 2 1 4")


main()
