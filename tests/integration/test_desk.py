#!/usr/bin/env python3
"""The desk: texts, events, meetings and measures; who may change what, nothing overwritten, no personal data, every change kept."""
import concurrent.futures
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


# Spellings that telephones, Word and Outlook make by themselves, too; and what only looks like it.
PERSONAL = ("Ring 070-123 45 67 om", "tel 019123456", "+46 70 123 45 67", "19850101-1234", "850161-1234", "8501011234", "1985-01-01-1234",
            "skriv till nils.holm@kumla.se", "850101\u20131234", "850101\u20111234", "850101\u22121234", "850101\u00a01234", "850101\u202f1234",
            "850101\u00ad1234", "850101-\u200b1234", "8501\u200b01-1234", "850101  1234", "850101 - 1234", "8501 01-1234", "850101/1234",
            "850101.1234", "1985-01-01 - 1234", "1985-01-01/1234", "1985.01.01-1234", "1985-01-01 (1234)",
            "\uff18\uff15\uff10\uff11\uff10\uff11-\uff11\uff12\uff13\uff14", "٨٥٠١٠١-١٢٣٤", "(070) 123 45 67", "070\u2013123 45 67",
            "070\u00a0123\u00a045\u00a067", "070.123.45.67", "070 - 123 45 67", "+46 (0) 70 123 45 67", "00 46 70 123 45 67", "46701234567",
            "+47 912 34 567", "anna\uff20kumla.se", "anna @ kumla.se", "anna (at) kumla.se", "0701 23 45 67", "07 01 23 45 67", "0 7 0 1 2 3 4 5 6 7",
            "08-123 45 67", "08-123 456 78", "08 12 34 56", "0581-123 45", "019-12 34 56", "+46 70-123 45 67", "+46701234567", "0046701234567",
            "+358 40 1234567", "+4570123456", "+46 19 12 34 56", "19850101 1234", "850101+1234", "pnr.850101-1234", "85-01-01-1234", "pnr:850101-1234",
            "tel:070-1234567", "070-1234567", "070/123 45 67", "1985 01 01 1234", "198501011234", "070-123 45 67, 2026", "född 1985-01-01-1234.",
            "anna[at]kumla.se", "070-12 34 567", "046-12 34 56", "4670 123 45 67", "0 70 123 45 67", "850101--1234", "1985-01-01-1985",
            "+46(0)701234567", "0046 (0)70-123 45 67", "mobil 0701234567.", "850101\u0001-1234",
            "8\ufe0f\u20e35\ufe0f\u20e30101-1234")
HARMLESS = ("mellan 2026-04-01 och 2026-05-31", "2026-04-01 2026-05-01", "3 bilbränder 2025, 12 2024", "kl 09.00-11.30", "paragraf 4 i 2023:196",
            "väg 51 @ torget", "kl 07-15 2026", "v. 04 05 06 07 08", "19:00-21:30 06-07 2026", "03/04/2026", "0 1 2 3 4 5 6 7", "2026-04-01",
            "2026/123", "Lag 2023:196", "10 000 kr", "kl. 18.00-20.30", "2026-04-01\u20132026-05-01", "2026-04-01--2026-05-01", "1 250 000 kr",
            "10 070 123 456 kr", "v. 06 07 08 09 10 11 12", "v 07 08 09 10 11", "07.30-09.15 12 april", "07-03-2026 12", "08-15 2026", "08/12/2026",
            "KS 2026-00123", "dnr 2026/0123-4", "SFS 2023:196 och 2010:800", "2021 2022 2023 2024 2025", "2024-2025 2025-2026", "kl 18-20 06-07 2026",
            "2026-04-01 1000 kr", "mars 2026: 12, april 2026: 14, maj 2026: 20", "12 345 678 kr", "01/02 2026 - 03/04 2026",
            "fredag 12/6 kl. 21.00-03.00, lördag 13/6 kl. 21.00-03.00", "2025T1 2025T2", "1881-centrum", "27 20 34 69 83 138 52 19",
            "+12 % (2024 2025)", "2026-04-01 18:00 - 2026-04-02 02:00", "2026-04-01 18.00-20.00", "ökning +12 345 678 kr", "06-07 2026 19:00",
            "22.00 2026-03-30", "0 kr 2025, 0 kr 2026", "väg 51 och 52, 2 km", "postnummer 692 30 Kumla", "692 30, 692 31, 692 32, 692 33",
            "2026-W07 2026-W08", "24/7 2026", "15 000-20 000 besökare 2026-07-01", "kl 08-17 2026", "kl 08-16, 08-17 och 09-18",
            "v. 04-05, 06-07 och 08-09", "v. 01-02 03-04 05-06")


def personal(i):
    def found(texts):
        return i.psql("SELECT " + ", ".join(f"lagesbild_desk.is_personal('{t}')" for t in texts))[0]

    told = found(PERSONAL)
    check("refused", [t for t, is_personal in zip(PERSONAL, told, strict=True) if is_personal != "t"], [])
    told = found(HARMLESS)
    check("let through", [t for t, is_personal in zip(HARMLESS, told, strict=True) if is_personal != "f"], [])


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
    check("personal data is refused", (refused.status, refused.json["detail"]), (400, "sections: personal-data"))
    check("also as a section's name", p.put(url, {"version": 2, "sections": {"070-123 45 67": ""}}).json["detail"], "sections: personal-data")
    check("and as a number", p.put(url, {"version": 2, "sections": {"metod": 8501011234}}).json["detail"], "sections: personal-data")
    check("not JSON", p.put(url, b"{").status, 400)
    check("a section is a text", p.put(url, {"version": 2, "sections": {"metod": 3}}).status, 400)
    check("an unknown field", p.put(url, {"version": 2, "text": "x"}).status, 400)
    check("no such period", p.get("/api/v1/texts/2026-13").status, 400)
    check("a text is of the period, by whichever name", p.put("/api/v1/texts/2026-01/2026-04", {"version": 0, "sections": {"metod": "Nytt."}}).json["period"], "2026T1")
    check("and is found by the other", p.get("/api/v1/texts/2026T1").json["sections"], {"metod": "Nytt."})


def field(told):
    return told["detail"].split(":")[0]


def bodies(p):
    """What is costly to walk or to print is refused before that; nothing here is a text, so nothing else is wrong with it."""
    for what, body in {"too deep": b"[" * 10 + b"]" * 10, "far too deep": b"[" * 300000 + b"]" * 300000, "a long number": b'{"x": [1e131000]}',
                       "a long fraction": b'{"x": 0e-16383}', "a large number": b'{"x": 1000000000000000}'}.items():
        for path in ("/api/v1/measures", "/api/v1/measures/import"):
            told = p.post(path, body)
            check(f"{what}: {path}", (told.status, told.json["title"], told.json.get("detail", "").startswith("body: at most")), (400, "Fälten stämmer inte", True))


def events(p):
    made = p.post("/api/v1/events", {"title": "Kumla marknad", "place": "Torget", "starts": day(10)})
    check("an event", (made.status, made.json["ends"]), (201, day(10)))
    p.post("/api/v1/events", {"title": "Långt bort", "starts": day(61)})
    check("60 days ahead", [e["title"] for e in p.get("/api/v1/events").json["rows"]], ["Kumla marknad"])
    url = f"/api/v1/events/{made.json['id']}"
    check("moved", p.put(url, {"version": 1, "ends": day(12)}).json["version"], 2)
    check("not by an old version", p.put(url, {"version": 1, "ends": day(11)}).status, 409)
    check("it does not end before it starts", p.put(url, {"version": 2, "ends": day(1)}).status, 400)
    early = p.put(url, {"version": 2, "ends": day(1)}).json
    check("and is told so", (early["title"], field(early)), ("Slutet ligger före början", "ends"))
    for said, title in {"snart": "Datum skrivs 2026-04-01", "infinity": "Datum skrivs 2026-04-01", "today": "Datum skrivs 2026-04-01",
                        "0044-01-01 BC": "Datum skrivs 2026-04-01", "2026-02-30": "Datumet finns inte", "1999-12-31": "Datumet ska ligga mellan 2000 och 2099"}.items():
        told = p.put(url, {"version": 2, "ends": said}).json
        check(f"a date is a date: {said}", (told["title"], field(told)), (title, "ends"))
    for title in (" \u00a0", "\u202e", {"a": 1}, 5):
        told = p.put(url, {"version": 2, "title": title})
        check(f"a title is a text that is seen: {title!r}", (told.status, field(told.json)), (400, "title"))
    check("without what is not seen", p.put(url, {"version": 2, "title": "Kumla\u202e\u0007 marknad"}).json["title"], "Kumla marknad")


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
    for name, said in {"day": "2027-02-30", "minutes_long": 3, "starts": "25:00", "agenda": ["x", {"a": 1}], "decisions": "x", "participants": [[]]}.items():
        told = p.put(url, {"version": 2, name: said})
        check(f"what is wrong with a meeting is named: {name}", (told.status, field(told.json)), (400, name))
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
    for name in ("starts", "ends", "follow_up"):
        told = p.post("/api/v1/measures", {**given, name: "infinity"}).json
        check(f"a date is a date: {name}", (told["title"], field(told)), ("Datum skrivs 2026-04-01", name))
    told = p.post("/api/v1/measures", {**given, "starts": day(3), "follow_up": day(2)}).json
    check("no follow-up before it starts", (told["title"], field(told)), ("Uppföljningen ligger före början", "follow_up"))
    check("personal data", p.post("/api/v1/measures", {**given, "problem": "850101-1234 i trappan"}).json["detail"], "problem: personal-data")


def at_once(p, other, rounds=40):
    """Two save one measure at the same time: one of them is first, and the other is told so."""
    url = f"/api/v1/measures/{p.get('/api/v1/measures').json['rows'][0]['id']}"
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for _ in range(rounds):
            version = p.get(url).json["version"]
            both = [pool.submit(a.put, url, {"version": version, "notes": f"{n} {version}"}) for n, a in enumerate((p, other))]
            told = sorted(b.result().status for b in both)
            assert told == [200, 409], told
    check("the second of two at once is told so", True)


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
        bodies(p)
        measures(p, police, reader, meetings(p, reader, outsider))
        at_once(p, other)
        priorities(p, reader)
        check("every change is in the audit", i.value("SELECT count(*) FROM lagesbild_desk.change"),
              i.value("SELECT count(*) FROM lagesbild_desk.audit WHERE what LIKE '% changed'"))


main()
