#!/usr/bin/env python3
"""Documents by a real Chromium and pandoc: tagged PDF and a file for word processors, made once though the printer is killed; a page that cannot be had gives a
reason and is in nobody's way; what is final stays; nothing is left running."""
import hashlib
import io
import os
import re
import subprocess
import sys
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from api import Api, allow  # noqa: E402
from installation import BUILD, Installation, wait_for  # noqa: E402


def check(what, have, want=True):
    assert have == want, f"{what}: {have!r}, not {want!r}"
    print(f"  {what}")


class Printer:
    def __init__(self, i, api):
        self.i, self.api = i, api
        allow(i.env, "lagesbild_printer")

    def start(self, **env):
        self.i.start("printer", None, env={"LAGESBILD_PRINT_URL": f"http://127.0.0.1:{self.api.port}", "LAGESBILD_PRINT_SECONDS": "15", "TMPDIR": self.i.dir, **env})


def rows(i, columns, edition=1):
    return {r[0]: r[1:] for r in i.psql(f"SELECT name, {columns} FROM lagesbild_desk.document WHERE edition = {edition}")}


def all_made(i, n, edition=1):
    wait_for(f"{n} documents of edition {edition}", lambda: [r[0] for r in rows(i, "state", edition).values()] == ["made"] * n)


def text_of(data, *args):
    return subprocess.run(args, input=data, capture_output=True, check=True).stdout.decode()


def a_draft(i, p, printer):
    printer.start()
    p.put("/api/v1/texts/2025-05", {"version": 0, "sections": {"assessment": "Bedömningen på papper.\nPå två rader.", "public": "Texten för alla."}})
    p.post("/api/v1/editions", {"period": "2025-05"})
    all_made(i, 2)
    answer = p.get("/api/v1/editions/1/documents/intern.pdf")
    check("a PDF under a name of its own", (answer.headers["Content-Type"], answer.headers["Content-Disposition"]),
          ("application/pdf", 'attachment; filename="lagesbild-2025-05-utgava-1-intern.pdf"'))
    check("its hash is its ETag", answer.headers["ETag"], f'"{hashlib.sha256(answer.body).hexdigest()}"')
    info = text_of(answer.body, "pdfinfo", "-")
    assert "Tagged:          yes" in info and "(A4)" in info and "Kumla · Maj 2025, utgåva 1" in info, info
    assert b"/Lang (sv)" in answer.body, "no language"
    text = text_of(answer.body, "pdftotext", "-", "-")
    for said in ("Sammanfattning", "Bedömningen på papper.", "Källor, metod och begränsningar", "Utgåvor"):
        assert (said in text) == (said != "Utgåvor"), f"{said}: {text[:2000]}"
    print("  tagged, A4, in Swedish; the text is in it, the page's controls are not")
    first = text_of(answer.body, "pdftotext", "-l", "1", "-", "-")
    for said in ("Sammanfattning", "Bedömningen på papper.", "Åtgärder på gång", "Kommande händelser"):
        assert said in first, f"not on the page that is laid on the table: {said}: {first}"
    assert "Per källa och kategori" not in first and "Texten för alla." not in text, first
    public = p.get("/api/v1/editions/1/documents/offentlig.pdf").body
    text = text_of(public, "pdftotext", "-", "-")
    check("the public one has its text and no other source", ("Texten för alla." in text, "Bedömningen" in text, "polis\n" in text), (True, False, False))


def killed(i, p, printer):
    """Dies when the document is made and before it is given back; the next printer makes it, once."""
    i.stop("printer")
    printer.start(LAGESBILD_CRASH="printer-made:1")
    p.post("/api/v1/editions/1/documents", {"name": "intern.docx"})
    wait_for("the printer is dead", lambda: i.processes["printer"].poll() is not None)
    check("the document waits for another", rows(i, "state, tries")["intern.docx"], ["waiting", "1"])
    i.stop("printer", check=False)
    printer.start()
    i.psql("UPDATE lagesbild_desk.document SET taken_at = taken_at - interval '1 minute' WHERE state = 'waiting'")
    all_made(i, 3)
    check("made at the second try", rows(i, "tries")["intern.docx"], ["2"])
    document = p.get("/api/v1/editions/1/documents/intern.docx").body
    text = zipfile.ZipFile(io.BytesIO(document)).read("word/document.xml").decode()
    assert "Bedömningen på papper." in text and "Logga ut" not in text and ">tre år<" not in text, re.sub(r"<[^>]*>+", " ", text)[:3000]
    assert re.search(r"papper\.</w:t></w:r><w:r><w:br ?/></w:r><w:r><w:t[^>]*>På två rader", text), text[text.index("papper."):][:300]
    core = zipfile.ZipFile(io.BytesIO(document)).read("docProps/core.xml").decode()
    assert "<dc:title>Kumla · Maj 2025" in core and "<dc:language>sv</dc:language>" in core, core
    assert 'w:val="Heading1"' in text and text.index("Sammanfattning") > text.index('w:val="Title"'), text[:500]
    print("  a file for word processors")


def out_of_reach(i, p, printer):
    """The api is away: a reason each time, failed after the third; what is wanted later is made."""
    i.stop("api")
    i.psql("SELECT lagesbild_desk.document_want(1, 'intern.pdf', false)")
    for n in (1, 2, 3):
        wait_for(f"try {n}", lambda: rows(i, "tries, coalesce(reason, '')")["intern.pdf"][0] == str(n) and rows(i, "coalesce(reason, '')")["intern.pdf"][0])
        i.psql("UPDATE lagesbild_desk.document SET taken_at = taken_at - interval '1 minute' WHERE state = 'waiting'; NOTIFY lagesbild_print")
    wait_for("it has failed", lambda: rows(i, "state")["intern.pdf"] == ["failed"])
    check("with a reason", rows(i, "reason")["intern.pdf"][0].startswith("The page cannot be reached"))
    printer.api = Api(i, LAGESBILD_WEB=os.path.join(BUILD, "web"))
    p.port = printer.api.port
    i.stop("printer")
    printer.start()
    check("asked for again", p.post("/api/v1/editions/1/documents", {"name": "intern.pdf"}).status, 202)
    all_made(i, 3)


def for_good(i, p, nobody):
    p.put("/api/v1/editions/1/state", {"state": "approved"})
    all_made(i, 3)
    check("final", set(r[0] for r in rows(i, "final").values()), {"t"})
    before = rows(i, "sha256, turn")
    p.post("/api/v1/editions/1/documents", {"name": "intern.pdf"})
    check("asked for again, it stays", rows(i, "sha256, turn"), before)
    for change in ("UPDATE lagesbild_desk.document SET state = 'waiting'", "DELETE FROM lagesbild_desk.document", "TRUNCATE lagesbild_desk.document"):
        refused = subprocess.run(["psql", "-Xqc", change], env=i.env, capture_output=True, text=True, check=False)
        assert refused.returncode and "frozen" in refused.stderr, (change, refused.stderr)
    print("  nobody changes it")
    check("not for all yet", nobody.get("/api/v1/public/editions/1/offentlig.pdf").status, 404)
    p.put("/api/v1/editions/1/state", {"state": "published"})
    public = nobody.get("/api/v1/public/editions/1/offentlig.pdf")
    check("published", (public.status, public.body[:5], public.headers["Cache-Control"]), (200, b"%PDF-", "public, max-age=60"))
    check("the printer's keys end", i.value("SELECT count(*) FROM lagesbild_desk.token WHERE until > now() + interval '2 minutes'"), "0")


def main():
    with Installation("printer") as i:
        for name in ("normalizer-police", "normalizer-staff", "aggregator"):
            i.start(name)
        i.run("simulator", "--sources", "police,staff", "--from", "2024-04", "--to", "2025-07", "--seed", "1881")
        i.verify()
        api = Api(i, LAGESBILD_WEB=os.path.join(BUILD, "web"))
        p = api.account("lena", role="reader,coordinator")
        printer = Printer(i, api)
        a_draft(i, p, printer)
        killed(i, p, printer)
        out_of_reach(i, p, printer)
        for_good(i, p, printer.api.nobody())
        i.stop("printer")
        left = [d for d in os.listdir(i.dir) if d.startswith("lagesbild-print-")]
        check("no folder of a browser is left but the killed one's", len(left) <= 1)
        found = subprocess.run(["pgrep", "-f", f"{i.dir}/lagesbild-print-"], capture_output=True, text=True, check=False).stdout.split()
        check("nor a browser", found, [])


main()
