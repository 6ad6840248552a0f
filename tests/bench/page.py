"""Benchmarks of what people wait for: the month's page on a slow telephone, and a document from being asked for until it is made."""
import statistics
import subprocess
import time

from api import Api, allow
from backlog import none_refused
from installation import Installation, wait_for
from probe import Session
from visit import WEB, visit

SOURCES = ("press", "police", "rescue", "social", "housing", "citizen", "staff")
TIMES = 5
# A telephone as Lighthouse has it (mobile, "Slow 4G"): its CPU four times slower than this machine's, 1.6 Mbit/s, 150 ms there and back.
SLOWER, KBPS, RTT_MS = 4, 1600, 150
BYTES, USABLE_MS, DOCUMENT_S = 300_000, 1500, 5
DOCUMENTS = ("intern.pdf", "offentlig.pdf", "intern.docx")


class Kumla(Installation):
    """An installation of Kumla's size: five years of what its seven sources send, every message accounted for."""

    def __init__(self, name):
        super().__init__(name, setup=False)

    def __enter__(self):
        super().__enter__()
        self.run("lagesbild", "setup", "--today-from-data")
        for source in SOURCES:
            self.start(f"normalizer-{source}")
        self.start("aggregator")
        self.run("simulator", "--sources", ",".join(SOURCES), "--from", "2021-01", "--to", "2025-12", "--seed", "1881", timeout=600)
        self.verify(600)
        with Session(self.env) as session:
            none_refused(session)
            self.rows = int(session.value("SELECT sum(received) FROM balance"))
        return self


def page(table, options):
    """A cold view (nothing cached, signed in) of the newest month's page, median of 5: bytes over the wire, and when verdict and table stand there."""
    del options
    with Kumla("bench_page") as i:
        server = Api(i, **WEB)
        person = server.account("bench", role="reader,coordinator")
        told = visit("../bench/page.mjs", server, seconds=300, PERSON=f"{person.name} {person.word}", SLOWER=str(SLOWER), TIMES=str(TIMES), KBPS=str(KBPS), RTT_MS=str(RTT_MS))
        assert told["errors"] == [], told["errors"]
        views = told["views"]
        assert len(views) == TIMES and min(v["rows"] for v in views) > 20, [v["rows"] for v in views]
        middle = {k: statistics.median(v[k] for v in views) for k in ("bytes", "usable", "lcp", "first", "blocking")}
        print("    " + "\n    ".join(views[-1]["asked"]), flush=True)
        table.add("page: första visningen, över nätet", middle["bytes"] / 1000, "kB", goal=("≤", BYTES / 1000))
        table.add(f"page: läsbar (CPU {SLOWER}x, långsam 4G)", middle["usable"], "ms", goal=("≤", USABLE_MS))
        table.add("page: störst målad (LCP)", middle["lcp"], "ms")
        table.add("page: först målad (FCP)", middle["first"], "ms")
        table.add("page: blockerad (TBT)", middle["blocking"], "ms")


def empty_page(env, out):
    """Seconds that Chromium takes to start and print an empty page."""
    began = time.monotonic()
    subprocess.run(["chromium", "--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={out}/empty", f"--print-to-pdf={out}/empty.pdf", "about:blank"],
                   env=env, capture_output=True, check=True, timeout=60)
    return time.monotonic() - began


def pdf(table, options):
    """From asking for a document until it is made, each by itself, median of 5: the internal and the public PDF and the file for word processors, of the newest
    month's draft. The ceiling is what Chromium takes to print an empty page, started for it as the printer does."""
    del options
    with Kumla("bench_pdf") as i:
        server = Api(i, **WEB)
        allow(i.env, "lagesbild_printer")
        i.start("printer", None, env={"LAGESBILD_PRINT_URL": f"http://127.0.0.1:{server.port}", "TMPDIR": i.dir})
        person = server.account("bench", role="reader,coordinator")
        period = person.get("/api/v1/summary/latest").json["period"]
        edition = person.post("/api/v1/editions", {"period": period}).json["id"]
        documents = lambda: {r["name"]: r for r in person.get(f"/api/v1/editions/{edition}/documents").json["rows"]}
        wait_for("the draft's own documents", lambda: all(r["state"] == "made" for r in documents().values()), 120)
        ceiling = statistics.median(empty_page(i.env, i.dir) for _ in range(TIMES))
        for name in DOCUMENTS:
            took = []
            for _ in range(TIMES):
                began = time.monotonic()
                assert person.post(f"/api/v1/editions/{edition}/documents", {"name": name}).status == 202
                wait_for(name, lambda: documents()[name]["state"] != "waiting", 120)
                took.append(time.monotonic() - began)
                assert documents()[name]["state"] == "made", documents()[name]
            body = person.get(f"/api/v1/editions/{edition}/documents/{name}").body
            assert body.startswith(b"PK" if name.endswith(".docx") else b"%PDF-") and len(body) > 10_000, (name, len(body))
            table.add(f"pdf: {name}, median av {TIMES}", statistics.median(took), "s", ceiling, goal=("≤", DOCUMENT_S))
            table.add(f"pdf: {name}, längst", max(took), "s")
        i.stop("printer")
