"""Benchmark of the api: 1,000 requests a second of a normal mix and 200 open pages, while 100 messages a second are counted."""
import os
import re
import subprocess

from api import Api
from backlog import MESSAGES, SERVICES, copies_for, none_refused, publish
from installation import BUILD, ROOT, Installation, archive
from live import Load, percentile
from probe import Meter, Session, resident_mib
from visit import WEB

RATE, STREAMS, CHANGES, P99_MS = 1000, 200, 100, 25
WARM = 5  # s: what nobody has looked at for a while is made when it is asked for
SECONDS = int(os.environ.get("BENCH_SECONDS", "30"))
# What people with the page open ask for, of a hundred questions: first what a month's page is made of when it is opened, with its files; then a look at
# other months and areas, the months behind a figure (each person another row), quality, and now and then a whole county as a table, as a spreadsheet or
# another dashboard fetches it. A fifth of it is the desk's (meetings, measures, texts), which the database answers each time; figures are asked for
# with what was got last (If-None-Match), as a browser does. 31 different questions about figures, so that a new version is not one answer made anew.
MIX = {
    "/": 5, "/icon.svg": 3, "/api/v1/session": 8, "/api/v1/summary/2025-05": 20, "/api/v1/meetings": 5, "/api/v1/measures": 5, "/api/v1/priorities": 4,
    "/api/v1/texts/2025-05": 4, "/api/v1/events?from=2025-06-01": 4, "/api/v1/outlines?area=1881": 5,
    "/api/v1/summary/2025-04": 5, "/api/v1/summary/2025T1": 3, "/api/v1/summary/2024-05": 2, "/api/v1/summary/2025-05?area=18": 1,
    "/api/v1/cells?from=2025-01&to=2025-06": 2, "/api/v1/cells?from=2024-01&to=2025-06&area=18&below=1&format=csv": 1,
    "/api/v1/quality": 3, "/api/v1/sources": 2, "/api/v1/categories": 2, "/api/v1/editions": 2,
    **{f"/api/v1/cells?from=2022-05&to=2025-05&area=1881&category={c}&source=press": 1
       for c in ("VIO", "DAM", "THF", "BUR", "ROB", "FIR", "DRG", "ALC", "WEP", "ORD", "TRO", "ACC", "RES", "FRD")},
}
PAGE = ["/api/v1/summary/2025-05"]  # what an open page asks again at a new version


def spread_ms():
    """Within which the page's own code spreads its questions after an event."""
    with open(os.path.join(ROOT, "services/api/web/src/app.ts"), encoding="utf-8") as f:
        return int(re.search(r"SPREAD_MS = (\d+)", f.read())[1])


def sessions(i, person):
    """As many sessions as there are pages, each of its own: their words. The first was signed in; the others are like it."""
    rows = i.psql(f"""INSERT INTO lagesbild_desk.session SELECT (jsonb_populate_record(s, jsonb_build_object('key',
        encode(sha256(convert_to('bench' || n, 'UTF8')), 'hex')))).* FROM lagesbild_desk.session s, generate_series(1, {STREAMS - 1}) n
        RETURNING 1""")
    assert len(rows) == STREAMS - 1, "there is one session to begin with"
    return [person.cookie] + [f"bench{n}" for n in range(1, STREAMS)]


def busy_desk(person):
    """A council that has worked for a year: its meetings, 40 measures, what is written about the month."""
    measure = {"problem": "Otryggt och mörkt efter klockan 18", "kind": "situational", "perspective": "situation", "owner": "polisen", "category": "DAM",
               "area": "1881-centrum"}
    for n in range(40):
        assert person.post("/api/v1/measures", {**measure, "title": f"Belysning {n}"}).status == 201
    assert person.post("/api/v1/meetings/year/2025").status in (200, 201)
    assert person.put("/api/v1/texts/2025-05", {"version": 0, "sections": {"assessment": "Månaden var lugn. " * 50}}).status in (200, 201)


class Answers:
    """What dashboards.c tells: delays of the mix and of the open pages, ms; versions that each page heard of."""

    def __init__(self, port, plan, streams, seconds=SECONDS):
        done = subprocess.run([os.path.join(BUILD, "tests", "dashboards"), str(port), str(RATE), str(WARM), str(seconds), str(streams), str(spread_ms())],
                              input="\n".join(plan) + "\n", stdout=subprocess.PIPE, text=True, check=True)
        self.mix, self.page, self.heard, self.late, self.by_path, bad = [], [], [], 0, {}, []
        for line in done.stdout.splitlines():
            kind, _, value = line.partition(" ")
            if kind == "bad":
                bad.append(value)
            elif kind == "late":
                self.late = float(value)
            else:
                ms, _, path = value.partition(" ")
                {"mix": self.mix, "page": self.page, "heard": self.heard}[kind].append(float(ms))
                self.by_path.setdefault(path, []).append(float(ms))
        assert not bad, f"{len(bad)} answers were neither 200 nor 304, first {bad[0]}"
        assert len(self.mix) == RATE * seconds, len(self.mix)


def council(table, options):
    """Delay of a request from when it was due, over --long 10 million incidents, else a million: of the mix, and of what 200 open pages ask again at each
    new version, at once (src/app.ts spreads them). The ceiling is a small file of the same server, asked for at the same rate while the same messages are
    counted."""
    with Installation("bench_api") as i:
        for name in SERVICES:
            i.start(name)
        publish(i, copies_for(10 * MESSAGES if options.long else MESSAGES, archive()))
        i.verify(900)
        with Session(i.env) as session:
            none_refused(session)
            rows = int(session.value("SELECT sum(received) FROM balance"))
        server = Api(i, **WEB)
        person = server.account("bench", role="reader,coordinator")
        for path in [*MIX, *PAGE]:
            assert person.get(path).status == 200, path
        busy_desk(person)
        cookies = [f"cookie {c}" for c in sessions(i, person)]
        mix = [f"mix {weight} {path}" for path, weight in MIX.items()] + [f"page {path}" for path in PAGE]
        with Load(i, CHANGES):
            alone = Answers(server.port, cookies + ["mix 1 /icon.svg"], 0, min(SECONDS, 10))
            meter = Meter(i.processes)
            told = Answers(server.port, cookies + mix, STREAMS)
            spent = meter.spent()
        assert min(told.heard) > SECONDS / 3, f"a page heard of {min(told.heard):.0f} versions in {WARM + SECONDS} s"
        report(table, f"api {RATE}/s, {STREAMS} sidor, {rows // 1000}k medd", told, alone, spent)
        table.add("api: minne", max(resident_mib(i.processes["api"].pid)), "MiB")


def report(table, name, told, alone, spent):
    slowest = sorted(MIX, key=lambda p: -percentile(told.by_path[p], 0.99))
    print("    p99 för sig, ms: " + ", ".join(f"{p.removeprefix('/api/v1')} {percentile(told.by_path[p], 0.99):.0f}" for p in slowest[:8]), flush=True)
    table.add(f"{name}: median", percentile(told.mix, 0.5), "ms", percentile(alone.mix, 0.5))
    table.add(f"{name}: p99", percentile(told.mix, 0.99), "ms", percentile(alone.mix, 0.99), goal=("≤", P99_MS))
    table.add(f"{name}: störst", max(told.mix), "ms", max(alone.mix))
    table.add("api: öppna sidor läser om, p99", percentile(told.page, 0.99), "ms", goal=("≤", P99_MS))
    table.add("api: nya versioner/s", sum(told.heard) / len(told.heard) / (WARM + SECONDS), "/s")
    table.add("api: lastens egen försening, störst", told.late, "ms")
    for part in ("api", "PostgreSQL", "aggregator"):
        table.add(f"api: CPU {part}", spent[part] / (WARM + SECONDS) * 100, "% av en kärna")
