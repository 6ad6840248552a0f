#!/usr/bin/env python3
"""The desk: texts, events, meetings and measures; who may change what, nothing overwritten, no personal data, every change kept."""
import os
import sys
from datetime import date, timedelta

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from api import Api  # noqa: E402
from installation import Installation  # noqa: E402


def check(what, have, want=True):
    assert have == want, f"{what}: {have!r}, not {want!r}"
    print(f"  {what}")


def day(n):
    return str(date.today() + timedelta(days=n))


def personal(i):
    def is_personal(text):
        return i.value(f"SELECT lagesbild_desk.is_personal('{text}')") == "t"

    for text in ("Ring 070-123 45 67 om", "tel 019123456", "+46 70 123 45 67", "19850101-1234", "850161-1234", "8501011234", "1985-01-01-1234",
                 "skriv till nils.holm@kumla.se"):
        check(f"refused: {text}", is_personal(text))
    for text in ("mellan 2026-04-01 och 2026-05-31", "2026-04-01 2026-05-01", "3 bilbränder 2025, 12 2024", "kl 09.00-11.30", "paragraf 4 i 2023:196", "väg 51 @ torget"):
        check(f"let through: {text}", not is_personal(text))


def texts(p, other, reader):
    url = "/api/v1/texts/2026-04"
    check("no text yet", (p.get(url).json["version"], p.get(url).json["sections"]), (0, {}))
    check("the first text", p.put(url, {"version": 0, "sections": {"sammanfattning": "Lugnt."}}).json["version"], 1)
    late = other.put(url, {"version": 0, "sections": {"sammanfattning": "Oroligt."}})
    check("the second is refused", late.status, 409)
    check("and told who was first", "karin" in late.json["title"])
    check("nothing is overwritten", p.get(url).json["sections"], {"sammanfattning": "Lugnt."})
    check("another section", other.put(url, {"version": 1, "sections": {"metod": "Som förut."}}).json["sections"],
          {"sammanfattning": "Lugnt.", "metod": "Som förut."})
    check("history", [h["version"] for h in p.get(url).json["history"]], [2, 1])
    check("a reader does not write", reader.put(url, {"version": 2, "sections": {}}).status, 403)
    refused = p.put(url, {"version": 2, "sections": {"polisen": "Ring 070-123 45 67"}})
    check("personal data is refused", (refused.status, refused.json["detail"]), (400, "personal-data"))
    check("also as a section's name", p.put(url, {"version": 2, "sections": {"070-123 45 67": ""}}).json["detail"], "personal-data")
    check("and as a number", p.put(url, {"version": 2, "sections": {"metod": 8501011234}}).json["detail"], "personal-data")
    check("not JSON", p.put(url, b"{").status, 400)
    check("a section is a text", p.put(url, {"version": 2, "sections": {"metod": 3}}).status, 400)
    check("an unknown field", p.put(url, {"version": 2, "text": "x"}).status, 400)
    check("no such period", p.get("/api/v1/texts/2026-13").status, 400)


def events(p):
    made = p.post("/api/v1/events", {"title": "Kumla marknad", "place": "Torget", "starts": day(10)})
    check("an event", (made.status, made.json["ends"]), (201, day(10)))
    p.post("/api/v1/events", {"title": "Långt bort", "starts": day(61)})
    check("60 days ahead", [e["title"] for e in p.get("/api/v1/events").json["rows"]], ["Kumla marknad"])
    url = f"/api/v1/events/{made.json['id']}"
    check("moved", p.put(url, {"version": 1, "ends": day(12)}).json["version"], 2)
    check("not by an old version", p.put(url, {"version": 1, "ends": day(11)}).status, 409)
    check("it does not end before it starts", p.put(url, {"version": 2, "ends": day(1)}).status, 400)
    check("a date is a date", p.put(url, {"version": 2, "ends": "snart"}).status, 400)


def meetings(p, reader, outsider):
    rows = p.post("/api/v1/meetings/year/2027").json["rows"]
    days = {g: [m["day"] for m in rows if m["grp"] == g] for g in ("steering", "operational")}
    check("six and ten", (len(days["steering"]), len(days["operational"])), (6, 10))
    check("first Tuesdays", days["steering"], ["2027-02-02", "2027-04-06", "2027-06-01", "2027-09-07", "2027-10-05", "2027-12-07"])
    check("no operational one in July", [d for d in days["operational"] if d[5:7] in ("07", "08")], [])
    check("a second call changes nothing", p.post("/api/v1/meetings/year/2027").json["rows"], rows)
    steering = [m for m in rows if m["grp"] == "steering"]
    check("spans", [m["span"] for m in steering], ["2027-01", "2027-02/2027-03", "2027-04/2027-05", "2027-06/2027-08", "2027-09", "2027-10/2027-11"])
    check("the same a year before", steering[3]["last_year"], "2026-06/2026-08")
    url = f"/api/v1/meetings/{steering[1]['id']}"
    check("cancelled", p.put(url, {"version": 1, "state": "cancelled"}).json["state"], "cancelled")
    check("the next one takes its months", p.get(f"/api/v1/meetings/{steering[2]['id']}").json["span"], "2027-02/2027-05")
    check("not planned again", p.put(url, {"version": 2, "state": "planned"}).status, 400)
    url = f"/api/v1/meetings/{steering[0]['id']}"
    held = p.put(url, {"version": 1, "state": "held", "participants": ["områdespolis", "säkerhetschef"], "decisions": ["Ny belysning"], "minutes": "Kort."})
    check("held", (held.status, held.json["decisions"]), (200, ["Ny belysning"]))
    check("conflict", p.put(url, {"version": 1, "minutes": "x"}).status, 409)
    check("participants are functions", p.put(url, {"version": 2, "participants": ["a.b@kumla.se"]}).status, 400)
    check("its history", p.get(url).json["history"][0]["old"]["state"], "planned")
    check("an operational member does not see it", outsider.get(url).status, 404)
    check("nor in the list", {m["grp"] for m in outsider.get("/api/v1/meetings", year=2027).json["rows"]}, {"operational"})
    check("a reader does not change it", reader.put(url, {"version": 2, "minutes": "x"}).status, 403)
    check("a new one", p.post("/api/v1/meetings", {"grp": "steering", "day": "2027-02-20"}).json["span"], None)
    return steering[0]["id"]


def measures(p, police, reader, meeting):
    given = {"title": "Belysning vid stationen", "problem": "Skadegörelse", "kind": "situational", "perspective": "situation", "owner": "polisen"}
    made = p.post("/api/v1/measures", given)
    check("proposed", (made.status, made.json["state"], made.json["next"]), (201, "proposed", ["decided", "dropped"]))
    url = f"/api/v1/measures/{made.json['id']}"
    check("not done at once", p.put(url, {"version": 1, "state": "done"}).status, 400)
    check("decided needs a day of follow-up", p.put(url, {"version": 1, "state": "decided"}).status, 400)
    check("an actor does not decide", police.put(url, {"version": 1, "state": "dropped"}).status, 403)
    check("decided", p.put(url, {"version": 1, "state": "decided", "follow_up": day(-1), "meeting": meeting}).json["overdue"])
    check("its owner begins", police.put(url, {"version": 2, "state": "ongoing", "notes": "Beställt"}).json["state"], "ongoing")
    check("but does not rename", police.put(url, {"version": 3, "title": "x"}).status, 403)
    check("a reader changes nothing", reader.put(url, {"version": 3, "notes": "x"}).status, 403)
    check("conflict", p.put(url, {"version": 2, "notes": "x"}).status, 409)
    check("done", police.put(url, {"version": 3, "state": "done"}).status, 200)
    check("followed up needs a result", p.put(url, {"version": 4, "state": "followed-up"}).status, 400)
    check("followed up", p.put(url, {"version": 4, "state": "followed-up", "result": "Färre"}).json["overdue"], False)
    check("history, newest first", [h["new"].get("state") for h in p.get(url).json["history"]], ["followed-up", "done", "ongoing", "decided", "proposed"])
    school = p.post("/api/v1/measures", {**given, "owner": "skolan", "follow_up": day(5), "depends_on": [made.json["id"]]})
    check("a link", school.json["depends_on"], [made.json["id"]])
    check("no link to nothing", p.post("/api/v1/measures", {**given, "same_problem": [999]}).status, 400)
    check("another actor's is not theirs", police.put(f"/api/v1/measures/{school.json['id']}", {"version": 1, "notes": "x"}).status, 403)
    check("an actor's sheet", [m["id"] for m in police.get("/api/v1/actors/polisen/measures").json["rows"]], [made.json["id"]])
    late = p.post("/api/v1/measures", {**given, "ends": day(-2)}).json["id"]
    check("overdue first", p.get("/api/v1/measures").json["rows"][0]["id"], late)
    check("public needs a text", p.put(f"/api/v1/measures/{late}", {"version": 1, "public": True}).status, 400)
    check("no such actor", p.post("/api/v1/measures", {**given, "owner": "ingen"}).status, 400)
    check("personal data", p.post("/api/v1/measures", {**given, "problem": "850101-1234 i trappan"}).json["detail"], "personal-data")


def priorities(p, reader):
    url = "/api/v1/priorities/1881-centrum"
    check("a level", p.put(url, {"version": 0, "level": "yellow", "reason": "Fler bränder"}).json["version"], 1)
    check("conflict", p.put(url, {"version": 0, "level": "red", "reason": "x"}).status, 409)
    check("a level needs its reason", p.put(url, {"version": 1, "level": "red"}).status, 400)
    check("personal data is refused", p.put(url, {"version": 1, "level": "red", "reason": "070-123 45 67"}).status, 400)
    check("red", p.put(url, {"version": 1, "level": "red", "reason": "Fler till"}).status, 200)
    check("a reader sets none", reader.put(url, {"version": 2, "level": "green", "reason": "x"}).status, 403)
    rows = reader.get("/api/v1/priorities").json["rows"]
    check("with its history", [(r["level"], [h["new"]["level"] for h in r["history"]]) for r in rows], [("red", ["red", "yellow"])])


def main():
    with Installation("desk") as i:
        api = Api(i)
        p, other = api.account("karin", role="coordinator"), api.account("olle", role="coordinator")
        reader, outsider = api.account("rut"), api.account("odd", group="operational")
        police = api.account("pia", role="actor", actor="polisen")
        check("nobody reads", api.nobody().get("/api/v1/measures").status, 401)
        personal(i)
        texts(p, other, reader)
        events(p)
        measures(p, police, reader, meetings(p, reader, outsider))
        priorities(p, reader)
        check("every change is in the audit", i.value("SELECT count(*) FROM lagesbild_desk.change"),
              i.value("SELECT count(*) FROM lagesbild_desk.audit WHERE what LIKE '% changed'"))


main()
