#!/usr/bin/env python3
"""Editions from the page: draft, comment, approve, publish; what is written freezes with the approval; what anybody reads depends on nothing live."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from api import Api  # noqa: E402
from installation import Installation, wait_for  # noqa: E402

SOURCES = ("press", "police", "social", "staff")
PERIOD = "2025-05"


def check(what, have, want=True):
    assert have == want, f"{what}: {have!r}, not {want!r}"
    print(f"  {what}")


def drafted(p, reader):
    made = p.post("/api/v1/editions", {"period": PERIOD})
    check("a draft", (made.status, made.json["state"], made.json["complete"], made.json["created_by"]), (201, "draft", True, "lena"))
    check("its documents are asked for", [d["name"] for d in p.get("/api/v1/editions/1/documents").json["rows"]], ["intern.pdf", "offentlig.pdf"])
    check("a period that does not exist", p.post("/api/v1/editions", {"period": "2025-13"}).status, 400)
    check("one that has not begun", p.post("/api/v1/editions", {"period": "2090-01"}).status, 400)
    check("an area that does not exist", p.post("/api/v1/editions", {"period": PERIOD, "area": "1881-x"}).status, 404)
    check("a second turn is not held up by the refused ones", p.post("/api/v1/editions", {"period": "2025-04"}).json["id"], 2)
    check("a comment", reader.post("/api/v1/editions/1/comments", {"comment": "Bra"}).json["state"], "commented")
    check("nothing beside it", reader.post("/api/v1/editions/1/comments", {"comment": "Bra", "x": 1}).json["title"], "Fälten stämmer inte")
    check("no personal data in it", reader.post("/api/v1/editions/1/comments", {"comment": "Ring 070-123 45 67"}).status, 400)
    check("not without words", reader.post("/api/v1/editions/1/comments", {"comment": " "}).status, 400)


def approved(p, reader):
    text = f"/api/v1/texts/{PERIOD}"
    p.put(text, {"version": 0, "sections": {"assessment": "Inåt", "public": "Utåt"}})
    check("a draft shows what is written now", p.get("/api/v1/editions/1").json["words"]["sections"]["assessment"], "Inåt")
    check("not published before it is approved", p.put("/api/v1/editions/1/state", {"state": "published"}).status, 409)
    check("a reader does not approve", reader.put("/api/v1/editions/1/state", {"state": "approved"}).status, 403)
    done = p.put("/api/v1/editions/1/state", {"state": "approved"})
    check("approved", (done.status, done.json["approved_by"], len(done.json["text_hash"])), (200, "lena", 64))
    p.put(text, {"version": 1, "sections": {"assessment": "Senare", "public": "Senare"}})
    check("what is written later is not in it", p.get("/api/v1/editions/1").json["words"]["sections"], {"assessment": "Inåt", "public": "Utåt"})
    check("three documents stay", sorted(d["name"] for d in p.get("/api/v1/editions/1/documents").json["rows"] if d["final"]), ["intern.docx", "intern.pdf", "offentlig.pdf"])


def seen_by_all(i, p, nobody):
    check("nothing for all yet", nobody.get("/api/v1/public/editions").json["rows"], [])
    check("nor by its number", nobody.get("/api/v1/public/editions/1").status, 404)
    early = p.get("/api/v1/public/editions/1")
    check("who sees it earlier keeps it for oneself", (early.status, early.headers["Cache-Control"]), (200, "private, no-cache"))
    check("published", p.put("/api/v1/editions/1/state", {"state": "published"}).json["state"], "published")
    listed = wait_for("it is listed", lambda: nobody.get("/api/v1/public/editions").json["rows"])
    check("then it is listed", [(r["id"], r["period"]) for r in listed], [(1, PERIOD)])
    open_one = nobody.get("/api/v1/public/editions/1")
    check("with the text for all", (open_one.json["text"], open_one.headers["Cache-Control"]), ("Utåt", "public, max-age=60"))
    check("and public sources alone", ({r["source"] for r in open_one.json["summary"]["rows"]}, [s["source"] for s in open_one.json["summary"]["sources"]]),
          ({"press"}, ["press"]))
    for path in (f"/api/v1/summary/{PERIOD}?edition=1", "/api/v1/editions/1", "/api/v1/editions", "/api/v1/editions/1/documents", "/api/v1/changes"):
        check(f"without an account {path} is closed", nobody.get(path).status, 401)


def stays_equal(i, p, nobody):
    """Byte for byte, headers too, while an event of the period is added that all of the council's figures show."""
    def answers():
        got = [nobody.get(path) for path in ("/api/v1/public/editions", "/api/v1/public/editions/1", "/api/v1/public/measures", "/offentligt/1")]
        return [(a.status, {k: v for k, v in a.headers.items() if k != "Date"}, a.body) for a in got]

    def count():
        return sum(r["n"].get("n", 0) for r in p.get(f"/api/v1/summary/{PERIOD}").json["rows"] if r["source"] == "press")

    before, was = answers(), count()
    i.produce('{"id":999999999,"datetime":"2025-05-30 21:10:00 +02:00","name":"30 maj 20.15, Skadegörelse, Kumla",'
              '"type":"Skadegörelse","location":{"name":"Örebro län"}}'.encode(), "999999999")
    wait_for("the council sees it", lambda: count() == was + 1)
    for old, new in zip(before, answers()):
        at = next((k for k, (a, b) in enumerate(zip(old[2], new[2])) if a != b), len(old[2]))
        assert new == old, f"what anybody reads has changed: {old[:2]}, {new[:2]}, at byte {at}: {old[2][at:at + 99]} {new[2][at:at + 99]}"
    print("  what anybody reads stays equal, byte for byte, while an event is counted")
    rows = p.get("/api/v1/editions/1/revisions").json["rows"]
    check("the edition says what has changed since", sum(r["delta"] for r in rows), 1)


def elsewhere(p):
    """Of a municipality that a source has never named it says nothing: unknown, and the county's figure is that of a part."""
    rows = p.get("/api/v1/cells", area="1880", source="police", **{"from": PERIOD, "to": PERIOD}).json["rows"]
    check("nothing is known of another municipality", {(r["n"], r["status"]) for r in rows}, {(None, "..")})
    county = [r for r in p.get(f"/api/v1/summary/{PERIOD}", area="18").json["rows"] if r["source"] == "police"]
    check("a county's figure is at least", ({r["n"]["s"] for r in county if r["n"].get("n")}, {r["verdict"] for r in county}), ({"≥"}, {"none"}))
    check("an edition of another month is none of this one's", p.get("/api/v1/summary/2025-04?edition=1").status, 404)


def the_next_one(p, nobody):
    made = p.post("/api/v1/editions", {"period": "2025-06"}).json
    check("the next month's draft", made["state"], "draft")
    before = made["words"]["before"]
    check("says what has changed of the one before it", (before["edition"], before["period"], [(c["source"], c["delta"]) for c in before["changes"]]),
          (1, PERIOD, [("press", 1)]))


def frozen_before(i, p):
    """Two years are compared with the two before; an edition that was frozen before that came to be (035_span.sql) keeps what it was compared with."""
    made = p.post("/api/v1/editions", {"period": "2023-06/2025-05"}).json["id"]

    def then():
        return int(i.value(f"""SELECT coalesce(sum((r -> 'last_year' ->> 'n')::bigint), 0) FROM jsonb_array_elements(
            lagesbild.summary(NULL, NULL, {made}, ARRAY['police']) -> 'rows') r"""))

    check("nothing was counted in the two years before", then(), 0)
    i.psql("UPDATE lagesbild_store.schema_file SET applied_at = now() + interval '1 hour' WHERE name = '035_span.sql'")
    check("an older edition keeps the year that it shared", then() > 100)


def its_document(i, nobody):
    """What anybody has of a published edition is what anybody may have today."""
    i.psql("UPDATE lagesbild_desk.document SET state = 'made', made_at = now(), bytes = '%PDF', sha256 = encode(sha256('%PDF'), 'hex') "
           "WHERE edition = 1 AND name = 'offentlig.pdf'")
    url = "/api/v1/public/editions/1/offentlig.pdf"
    check("a document for all", nobody.get(url).status, 200)
    for release, status in (("restricted", 404), ("public", 200)):
        i.psql(f"UPDATE lagesbild_store.source SET release = '{release}' WHERE name = 'press'")
        check(f"while its source is {release}", nobody.get(url).status, status)


def the_old_one_ends(p, nobody):
    newer = p.post("/api/v1/editions", {"period": PERIOD}).json["id"]
    check("a newer draft is not for all", [r["id"] for r in nobody.get("/api/v1/public/editions").json["rows"]], [1])
    check("withdrawn", p.put("/api/v1/editions/1/state", {"state": "withdrawn"}).status, 200)
    wait_for("gone for all", lambda: nobody.get("/api/v1/public/editions").json["rows"] == [] and nobody.get("/api/v1/public/editions/1").status == 404)
    check("nowhere from there", p.put("/api/v1/editions/1/state", {"state": "approved"}).status, 409)
    check("the newer one goes on", p.put(f"/api/v1/editions/{newer}/state", {"state": "approved"}).status, 200)


def hidden_sources(i, p, reader):
    """A member whose group does not see a source sees no change of it either."""
    text = "/api/v1/texts/2025-06"
    p.put(text, {"version": 0, "sections": {"press": "Notiser", "assessment": "Inåt"}})
    i.run("lagesbild", "accounts", "sources", "--group", "steering", "--hide", "press")
    sheet = reader.get(text).json
    check("a hidden source's section is hidden", (sheet["sections"], "Notiser" in str(sheet["history"])), ({"assessment": "Inåt"}, False))
    check("in an edition, too", reader.get("/api/v1/editions/3").json["words"]["sections"], {"assessment": "Inåt"})
    check("the coordinator reads it", (len(p.get(text).json["sections"]), "Notiser" in str(p.get(text).json["history"])), (2, True))
    words = reader.get("/api/v1/editions/3").json["words"]
    check("a hidden source's changes are hidden", words["before"]["changes"], [])
    check("and its documents", reader.get("/api/v1/editions/3/documents").status, 403)
    check("the coordinator sees them", len(p.get("/api/v1/editions/3").json["words"]["before"]["changes"]), 1)


def told(i):
    """The api remembers lists until it hears of a change."""
    who = i.value("SELECT id FROM lagesbild_desk.account WHERE name = 'lena'")
    for what in (f"edition_new({who}, '{{\"period\": \"2025-03\"}}', 'x', 'x')",
                 f"edition_comment({who}, jsonb_build_object('id', (SELECT max(id) FROM lagesbild_store.edition)), '{{\"comment\": \"Bra\"}}')"):
        said = i.psql("BEGIN ISOLATION LEVEL REPEATABLE READ; LISTEN lagesbild_desk; "
                      f"SELECT status FROM lagesbild_desk.{what}; COMMIT")
        check(f"the api hears of {what.split('(')[0]}", (said[0], '"lagesbild_desk" with payload' in str(said) or '"lagesbild_desk" received' in str(said)), (["201"], True))


def main():
    with Installation("editions_desk") as i:
        for source in SOURCES:
            i.start(f"normalizer-{source}")
        i.start("aggregator")
        i.run("simulator", "--sources", "police,social,staff", "--from", "2024-01", "--to", "2025-07", "--seed", "1881")
        i.produce('{"id":800000001,"datetime":"2025-05-03 21:10:00 +02:00","name":"03 maj 20.15, Brand, Kumla",'
                  '"type":"Brand","location":{"name":"Örebro län"}}'.encode(), "800000001")
        i.verify()
        api = Api(i)
        p, reader = api.account("lena", role="reader,coordinator"), api.account("rut", group="steering")
        drafted(p, reader)
        approved(p, reader)
        seen_by_all(i, p, api.nobody())
        stays_equal(i, p, api.nobody())
        elsewhere(p)
        the_next_one(p, api.nobody())
        hidden_sources(i, p, reader)
        frozen_before(i, p)
        its_document(i, api.nobody())
        the_old_one_ends(p, api.nobody())
        told(i)


main()
