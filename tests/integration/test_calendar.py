#!/usr/bin/env python3
"""The meetings as a calendar: what the feed says (RFC 5545), who gets it, and what its key is good for. And the list of actors."""
import hashlib
import os
import re
import sys
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from api import Api  # noqa: E402
from installation import Installation, wait_for  # noqa: E402


def check(what, have, want=True):
    assert have == want, f"{what}: {have!r}, not {want!r}"
    print(f"  {what}")


def parse(body):
    """Events of a calendar as lists of (name, value); raises on what the format does not allow."""
    assert body.endswith(b"\r\n") and b"\n" not in body.replace(b"\r\n", b"") and b"\r" not in body.replace(b"\r\n", b"")
    raw = body.split(b"\r\n")[:-1]
    for line in raw:
        assert len(line) <= 75, f"{len(line)} octets: {line}"
        line.decode("utf-8")  # no character is cut
    lines = re.sub(rb"\r\n[ \t]", b"", body).decode("utf-8").split("\r\n")[:-1]
    stack, events = [], []
    for line in lines:
        name, value = line.split(":", 1)
        if name == "BEGIN":
            stack.append(value)
            if value == "VEVENT":
                events.append({})
        elif name == "END":
            assert stack.pop() == value
        elif stack[-1] == "VEVENT":
            assert name not in events[-1], name
            events[-1][name] = re.sub(r"\\(.)", lambda m: "\n" if m[1] in "nN" else m[1], value)
    assert not stack and lines[0] == "BEGIN:VCALENDAR" and "VERSION:2.0" in lines
    assert any(line.startswith("PRODID:") for line in lines) and "TZID:Europe/Stockholm" in lines
    for e in events:
        assert {"UID", "DTSTAMP", "SEQUENCE", "SUMMARY", "STATUS", "DESCRIPTION"} <= e.keys()
        assert re.fullmatch(r"\d{8}T\d{6}Z", e["DTSTAMP"])
    assert len({e["UID"] for e in events}) == len(events)
    return events


def feed(p, url):
    answer = p.get(url)
    check("a calendar", (answer.status, answer.headers["Content-Type"]), (200, "text/calendar; charset=utf-8"))
    return parse(answer.body)


def contents(p, nobody):
    made = p.post("/api/v1/meetings/feed")
    check("an address", (made.status, list(made.json)), (201, ["url"]))
    url = made.json["url"]
    check("no meetings yet", feed(nobody, url), [])
    p.post("/api/v1/meetings/year/2027")
    rows = p.get("/api/v1/meetings", year=2027).json["rows"]
    events = feed(nobody, url)
    check("all sixteen, in order", [e["DTSTART;TZID=Europe/Stockholm"] for e in events],
          [m["day"].replace("-", "") + "T" + m["starts"].replace(":", "") for m in rows])
    check("of one hour", {e["DURATION"] for e in events}, {"PT60M"})
    steering = [m for m in rows if m["grp"] == "steering"]
    uid = f"mote-{steering[1]['id']}@1881.lagesbild"
    event = next(e for e in events if e["UID"] == uid)
    check("its months in words", event["DESCRIPTION"], "Lägesbild för februari–mars 2027, jämförd med februari–mars 2026.")
    check("a year's turn", any("december 2026" in e["DESCRIPTION"] or "november–december 2025" in e["DESCRIPTION"] for e in events))
    place = "Sessionssalen; plan 2, hus \\B\n" + "Ö€😀" * 20
    p.put(f"/api/v1/meetings/{steering[1]['id']}", {"version": 1, "place": place, "day": "2027-04-07", "agenda": ["Hemligt"], "minutes": "Hemligt"})
    p.put(f"/api/v1/meetings/{steering[2]['id']}", {"version": 1, "state": "cancelled"})
    answer = nobody.get(url)
    changed = {e["UID"]: e for e in parse(answer.body)}
    check("the same meeting, moved", (changed[uid]["SEQUENCE"], changed[uid]["DTSTART;TZID=Europe/Stockholm"]), ("2", "20270407T130000"))
    check("its place, as it was written", changed[uid]["LOCATION"], place)
    check("neither agenda nor minutes", b"Hemligt" not in answer.body)
    off = changed[f"mote-{steering[2]['id']}@1881.lagesbild"]
    check("a cancelled one says so", (off["STATUS"], off["SUMMARY"]), ("CANCELLED", "Lägesbild: styrgruppens möte (inställt)"))
    check("the others stand", sum(e["STATUS"] == "CONFIRMED" for e in changed.values()), 15)
    return url


def keys(i, api, p, nobody, url):
    key = urllib.parse.parse_qs(urllib.parse.urlparse(url).query)["key"][0]
    check("kept as its hash", i.value("SELECT key FROM lagesbild_desk.feed"), hashlib.sha256(key.encode()).hexdigest())
    check("nothing else opens by it", [nobody.ask("GET", "/api/v1/meetings", headers={"Authorization": f"Bearer {key}"}).status,
                                       nobody.ask("GET", "/api/v1/meetings", headers={"Cookie": f"__Host-lagesbild={key}"}).status], [401, 401])
    token = i.run("lagesbild", "accounts", "token", "karin", "--json").stdout
    check("nor it by another", nobody.get("/api/v1/meetings.ics", key=re.search(r'"token": ?"([^"]+)"', token)[1]).status, 404)
    check("no key, a wrong one", [nobody.get("/api/v1/meetings.ics").status, nobody.get(url[:-1] + ("A" if url[-1] != "A" else "B")).status], [404, 404])
    check("nor by being signed in", p.get("/api/v1/meetings.ics").status, 404)
    fresh = p.post("/api/v1/meetings/feed").json["url"]
    check("a new key", len(feed(nobody, fresh)), 16)
    check("takes the old one's place", nobody.get(url).status, 404)
    odd = api.account("odd", group="operational")
    mine = odd.post("/api/v1/meetings/feed").json["url"]
    check("a group's own", {e["SUMMARY"] for e in feed(nobody, mine)}, {"Lägesbild: operativa gruppens möte"})
    check("nobody makes one", nobody.post("/api/v1/meetings/feed").status, 401)
    i.run("lagesbild", "accounts", "close", "odd")
    wait_for("a closed account's is gone", lambda: nobody.get(mine).status == 404)
    i.run("lagesbild", "accounts", "set", "odd", "--group", "operational")
    check("and stays so when it is opened again", (nobody.get(mine).status, i.value("SELECT count(*) FROM lagesbild_desk.account WHERE name = 'odd' AND closed_at IS NULL")), (404, "1"))
    made = i.value("SELECT count(*) FROM lagesbild_desk.audit WHERE what = 'calendar key made'")
    check("each key is in the audit", made, "3")
    check("no key in the log", [k for k in (key, fresh.split("=")[1]) if k in i.log("api")], [])


def main():
    with Installation("calendar") as i:
        api = Api(i)
        p, nobody = api.account("karin", role="coordinator"), api.nobody()
        rows = p.get("/api/v1/actors").json["rows"]
        check("actors", ({"code": "teknik", "sv": "Teknik och gata", "en": "Streets and parks"} in rows, len(rows)), (True, 8))
        check("not for nobody", nobody.get("/api/v1/actors").status, 401)
        keys(i, api, p, nobody, contents(p, nobody))


main()
