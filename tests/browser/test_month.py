#!/usr/bin/env python3
"""A coordinator's month in Chromium, by keyboard alone: from sign-in over text, draft and approval to the PDF and publishing; then a citizen without an account,
and an operator. Every number of the document equals SQL on the frozen cells, and stands in the PDF."""
import json
import os
import subprocess

from api import Api, allow
from installation import Installation, wait_for
from visit import WEB, clean, pictures, visit

SOURCES = ("police", "housing", "social", "staff", "press")
HIDDEN = ("Polisanmälningar", "polis\n", "bostad", "social")
PERIOD = "2025-05"
WORDS = {"TEXT": "Maj var lugn vid Centralplan; mer klotter kring skolan.", "PUBLIC": "Tryggheten i centrum är god.", "COMMENT": "Stämmer med vår bild.",
         "EVENT": "Kumladagen"}


def say(text):
    print(text, flush=True)


def notices(i):
    """Public notices of the month, one a day; and two messages that are refused."""
    path = os.path.join(i.dir, "notices.txt")
    with open(path, "w", encoding="utf-8") as f:
        for n in range(1, 29):
            f.write(f"{800000000 + n}\t" + json.dumps({"id": 800000000 + n, "datetime": f"2025-05-{n:02} 21:10:00 +02:00", "type": "Skadegörelse",
                    "name": f"{n:02} maj 20.15, Skadegörelse, Kumla", "location": {"name": "Örebro län"}}, ensure_ascii=False) + "\n")
        f.write("1\t{}\n2\tno json\n")
    i.kcat("feed.press", "-P", "-K", "\t", "-l", path)


def late(i):
    """One more of the month, after its picture was published."""
    i.produce('{"id":999999999,"datetime":"2025-05-30 21:10:00 +02:00","name":"30 maj 20.15, Skadegörelse, Kumla",'
              '"type":"Skadegörelse","location":{"name":"Örebro län"}}'.encode(), "999999999")
    return bool(wait_for("it is counted", lambda: i.value("SELECT count(*) FROM lagesbild.change WHERE cause = 'late'") != "0"))


def frozen(i, edition):
    """(category, source) -> the month, the same a year before, twelve months: what was frozen for the municipality, without institutions."""
    month = f"date '{PERIOD}-01'"
    return {f"{r[0]} {r[1]}": [int(v) for v in r[2:]] for r in i.psql(
        f"""WITH RECURSIVE inside AS (
            SELECT code FROM lagesbild_store.edition_area WHERE edition = {edition} AND code = '1881'
            UNION ALL SELECT a.code FROM inside i JOIN lagesbild_store.edition_area a ON a.parent = i.code WHERE a.edition = {edition} AND NOT a.institution)
        SELECT coalesce(g.parent, g.code), source, coalesce(sum(n) FILTER (WHERE month = {month}), 0),
            coalesce(sum(n) FILTER (WHERE month = {month} - interval '1 year'), 0),
            coalesce(sum(n) FILTER (WHERE month > {month} - interval '1 year' AND month <= {month}), 0)
        FROM lagesbild.edition_cell c JOIN inside i ON i.code = c.area
        JOIN lagesbild_store.edition_category g ON g.edition = c.edition AND g.code = c.category WHERE c.edition = {edition} GROUP BY 1, 2""")}


def text_of(path):
    return subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, check=True).stdout.decode()


def shown(cell):
    """As it is printed (src/figure.ts)."""
    n = f"{int(cell['n']):,}".replace(",", " ") if cell["n"] else ""
    return {"≥": "≥" + n, "p": n + "*"}.get(cell["s"], cell["s"] or n)


def check_numbers(told, want, text):
    compared, text = 0, " ".join(text.split())
    for row in told["numbers"]:
        for cell, have in zip(row["cells"], want[row["key"]]):
            assert cell["n"] == str(have) or not cell["n"] and (cell["s"] == ".." or cell["s"] == "<5" and have < 5), (row, want[row["key"]])
            compared += 1
        line = " ".join([row["name"], row["source"], shown(row["cells"][0]), shown(row["cells"][1])])
        assert line in text, f"not in the PDF: {line}"
    assert compared > 60, compared
    return compared


def check_documents(told, out):
    intern, public = text_of(os.path.join(out, "intern.pdf")), text_of(os.path.join(out, "offentlig.pdf"))
    assert told["intern"] == {"name": f"lagesbild-{PERIOD}-utgava-1-intern.pdf", "begin": "%PDF-"}, told["intern"]
    assert told["open"]["begin"] == "%PDF-", told["open"]
    for said in (WORDS["TEXT"], WORDS["EVENT"], "Polisanmälningar"):
        assert said in intern, f"not in the PDF: {said}\n{intern[:3000]}"
    for text in (public, told["citizen"]["text"]):
        assert WORDS["PUBLIC"] in text and "Skadegörelse" in text and WORDS["TEXT"] not in text and WORDS["COMMENT"] not in text, text[:2000]
        assert not [h for h in HIDDEN if h in text], text
    return intern


def main():
    with Installation("month") as i:
        for source in SOURCES:
            i.start(f"normalizer-{source}")
        i.start("aggregator")
        notices(i)
        i.run("simulator", "--sources", ",".join(SOURCES[:-1]), "--from", "2024-01", "--to", "2025-07", "--seed", "1881")
        i.verify()
        api = Api(i, **WEB)
        allow(i.env, "lagesbild_printer")
        i.start("printer", None, env={"LAGESBILD_PRINT_URL": f"http://127.0.0.1:{api.port}", "TMPDIR": i.dir})
        lena, olle = api.account("lena", role="reader,coordinator"), api.account("olle", role="reader,operator")
        doing = {"listed": lambda: bool(wait_for("it is listed", lambda: api.nobody().get("/api/v1/public/editions").json["rows"])),
                 "late": lambda: late(i)}
        told, out = visit("month.mjs", api, doing, PERIOD=PERIOD, NEXT="2025-06", COORDINATOR=f"{lena.name} {lena.word}", OPERATOR=f"{olle.name} {olle.word}", **WORDS), pictures(i)
        say(told["verdict"])
        clean(told)
        intern = check_documents(told, out)
        say(f"  {check_numbers(told, frozen(i, 1), intern)} numbers of the document equal SQL on the frozen cells")
        assert len(told["asked"]) == 2 and all("Är du säker?" in a for a in told["asked"]), told["asked"]
        assert any(c.endswith("på sidan Jämför områden") and "kategorier till" in c for c in told["captions"]), told["captions"]
        assert told["citizenColumns"] and "bedömning" not in told["citizenColumns"] and "jämför" not in told["citizen"]["text"].split("Så räknar vi")[0], told["citizen"]
        assert told["cut"] == [], told["cut"]
        assert told["citizen"]["nav"] == ["#main", "/offentligt", "English", "/"], told["citizen"]["nav"]
        assert set(told["silent"]) == {"rescue", "citizen"}, told["silent"]
        assert told["refused"] and all(len(r) == 4 for r in told["refused"]), told["refused"]
        assert "Meddelandet är avklippt eller inte giltig JSON. syntax" in [r[1] for r in told["refused"]], told["refused"]
        say(f"  silent for the operator: {', '.join(told['silent'])}; refused: {told['refused']}")
        assert "Maj 2025, utgåva 1" in told["since"] and "maj 2025, notiser: +1 sena" in told["since"], told["since"]
        assert told["badge"] == "Utgåva 1: publicerad", told["badge"]
        assert ["lena", "la till kommande händelse", "1"] in told["log"], told["log"]
        assert ["lena", "publicerade utgåva", "1"] in told["log"] and ["olle", "loggade in", ""] in told["log"], told["log"]
        state = api.nobody().get("/api/v1/public/editions").json["rows"]
        assert [e["id"] for e in state] == [1], state


main()
