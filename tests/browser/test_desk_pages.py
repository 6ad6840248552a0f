#!/usr/bin/env python3
"""Meetings, measures and levels in Chromium: a year is proposed, a meeting written, a measure made and carried out by its owner; two people save the same
measure; a session ends while a text is written; a table is read in. axe finds nothing serious, nothing is wider than a telephone."""
import io
import json
import os
import subprocess
import zipfile

from api import Api
from installation import BUILD, ROOT, Installation

PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def workbook(path, rows):
    """The smallest .xlsx that Excel would open: one sheet of texts."""
    cells = "".join(f'<row r="{y}">' + "".join(f'<c r="{chr(65 + x)}{y}" t="inlineStr"><is><t>{v}</t></is></c>' for x, v in enumerate(row)) + "</row>"
                    for y, row in enumerate(rows, 1))
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
                               f'relationships+xml"/><Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="Blad1" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" Type="{OFFICE}/worksheet" '
                                      f'Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}"><sheetData>{cells}</sheetData></worksheet>',
    }
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as z:
        for name, text in parts.items():
            z.writestr(name, '<?xml version="1.0" encoding="UTF-8"?>' + text)
    with open(path, "wb") as f:
        f.write(made.getvalue())


def check(what, have, want=True):
    assert have == want, f"{what}: {have!r}, not {want!r}"
    print(f"  {what}", flush=True)


def visit(api, i, people):
    out = os.environ.get("BROWSER_OUT", os.path.join(i.dir, "browser"))
    os.makedirs(out, exist_ok=True)
    workbook(os.path.join(out, "atgarder.xlsx"), [["Rubrik", "Problem", "Slag", "Ägare"], ["Ur en arbetsbok", "Klotter", "situationell", "Polisen"]])
    env = {**os.environ, "URL": api.url, "OUT": out, **{k: json.dumps({"name": p.name, "word": p.word}) for k, p in people.items()}}
    done = subprocess.run(["node", os.path.join(ROOT, "tests", "browser", "desk.mjs")], env=env, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]
    return {**json.loads(done.stdout), "out": out}


def main():
    with Installation("desk-pages") as i:
        i.start("normalizer-police")
        i.start("aggregator")
        i.run("simulator", "--sources", "police", "--from", "2024-10", "--to", "2025-03", "--seed", "1881")
        i.verify()
        api = Api(i, LAGESBILD_WEB=os.path.join(BUILD, "web"))
        people = {"COORDINATOR": api.account("samordnare", role="reader,coordinator"), "OTHER": api.account("karin", role="reader,coordinator"),
                  "ACTOR": api.account("teknik", role="reader,actor", actor="teknik"), "READER": api.account("rut"),
                  "EXTERNAL": api.account("extern", external=True)}
        told = visit(api, i, people)
        check("nothing fails in the page", told["errors"], [])
        check("the year's meetings: six and ten", told["year"], 16)
        check("the calendar's address answers", told["calendar"])
        p = people["COORDINATOR"]
        meeting = p.get(f"/api/v1/meetings/{told['meeting']}").json
        check("what was written of the meeting", (meeting["participants"], meeting["decisions"], meeting["minutes"]),
              (["områdespolis", "chef teknik och gata"], ["Ny belysning i Kvarnparken", "Trygghetsvandring i Fylsta"], "Kort och bra."))
        decided = p.get(f"/api/v1/measures/{told['decided']}").json
        check("a decision is a measure, decided there", (told["decision"], decided["title"], decided["state"], decided["meeting"]),
              ("Trygghetsvandring i Fylsta",) * 2 + ("decided", meeting["id"]))
        check("which needs a day of follow-up", told["followUp"], True)
        check("the other one still waits to become one", told["left"], ["Ny belysning i Kvarnparken"])
        check("the next meeting sees the decisions and what became of them", all(x in told["since"] for x in
              ("Ny belysning i Kvarnparken", "Trygghetsvandring i Fylsta – ", "följs upp 1 juni 2099", "beslutad")), True)
        check("its span leads to the picture", told["span"], "/bild/" + meeting["span"].replace("/", "%2F"))
        measure = p.get(f"/api/v1/measures/{told['measure']}").json
        check("the measure belongs to the meeting", (measure["meeting"], measure["owner"], measure["area"], measure["category"]),
              (meeting["id"], "teknik", "1881-centrum", "DAM"))
        check("what is lacking is said before it is sent", "följs upp" in told["lacks"], True)
        check("its owner has a sheet", told["sheet"], ["Teknik och gata: åtgärder", "Belysning i Kvarnparken"])
        check("and may write these fields only", told["fields"], ["notes", "result", "state"])
        check("and has carried it out", [h["new"].get("state") for h in measure["history"] if h["who"] == "teknik"], ["done", "ongoing"])
        check("beside another place, in words", ("Skadegörelse" in told["effect"][0], told["effect"][1]),
              (True, "kan inte jämföras: uppgift saknas eller fylls på"))
        check("the second to save is told who was first", "karin" in told["conflict"]["said"], True)
        check("the text stays, the other's stands beside it", (told["conflict"]["mine"], told["conflict"]["theirs"]), ("Min text", "Den andras text"))
        check("nothing was overwritten unseen", [h["new"]["notes"] for h in measure["history"] if "notes" in h["new"]][:2], ["Min text", "Den andras text"])
        check("the session ended: the text is there", (told["after"], measure["result"]), ("Skrivet när sessionen tog slut",) * 2)
        check("a bad row is named with its field", "Ägare" in told["bad"] and "finns inte" in told["bad"], True)
        check("and nothing is read in until it is right", told["before"], 2)
        titles = {m["title"] for m in p.get("/api/v1/measures").json["rows"]}
        check("all rows of the paste and of the workbook", titles, {"Belysning i Kvarnparken", "Klippta buskar", "Städad gångtunnel", "Ur en arbetsbok",
              "Trygghetsvandring i Fylsta"})
        with open(os.path.join(told["out"], "atgarder.csv"), encoding="utf-8", newline="") as f:
            lines = f.read().split("\r\n")
        check("Excel gets what is shown, in Swedish", (lines[0][:27], lines[1][:52], len(lines)),
              ("\ufeffRubrik;Läge;Ansvarig;Börja", "Trygghetsvandring i Fylsta;beslutad;Fritid och ungdo", 3))
        check("a level with its reason", [(r["level"], r["reason"]) for r in p.get("/api/v1/priorities").json["rows"]], [("red", "Fler anmälningar")])
        check("the map shows the level by sign, name and colour, no institution, and says who has no outline",
              (told["map"]["marked"], "1881-anstalten" in told["map"]["drawn"], told["map"]["outside"].startswith("Utan gräns på kartan: Folkatorp, Fylsta")),
              (["■ Centrum"], False, True))
        check("the month page names what is late", "1 försenad" in told["block"] and "Klippta buskar" in told["block"] and "dagar" in told["block"], True)
        check("a reader has nothing to press", told["reader"], 0)
        check("a secret's picture, and an empty field for the code", (told["qr"] > 20, told["code"]), (True, ""))
        for name, found in told["axe"].items():
            assert found != "not run" and not [v for v in found if v["impact"] in ("serious", "critical")], (name, found)
        assert all(w <= 0 for w in told["wide"].values()), told["wide"]
        check("the list of measures is whole on a telephone", told["cut"], [0])
        check(f"axe and 360 px: {len(told['wide'])} pages", len(told["wide"]) >= 16, True)


main()
