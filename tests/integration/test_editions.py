"""Editions: what is published stays as it was, to the last digit, and what has changed since has its cause.

Incidents of hand-made sources go through the real aggregator; the expected figures are a second fold in Python of the very records that were
written. "Today" is the newest time in the data, 25 April 2026.
"""
import collections
import hashlib
import json
import os
import shutil
import subprocess
import sys
import threading

from installation import ROOT, Installation, wait_for
from incidents import EPOCH, Writer

os.environ.setdefault("LAGESBILD_REPLICATION", "1")
PACK = ["source,kind,from,complete_after_days", "housing,events,2024-01,5", "social,counts,2025-01,20", "rescue,events,2026-03,5"]
MAPPINGS = {"social": ["oro,CON"], "housing": ["stord,NOI", "skrap,PHY"], "rescue": ["brand,FIR.UNK"]}
FROZEN = ("position", "chain", "cell", "hour", "place", "delivery", "category", "area", "source")
wrong = []


def check(what, actual, expected):
    if actual != expected:
        wrong.append(f"{what}\n  is       {actual}\n  expected {expected}")


def prepare(i):
    """A pack and mappings of the test's own: what the repository's say of these sources may change."""
    for name, path in (("schemas", "schemas"), ("pack", "deploy/kumla")):
        shutil.copytree(os.path.join(ROOT, path), os.path.join(i.dir, name))
        i.env[f"LAGESBILD_{name.upper()}"] = os.path.join(i.dir, name)
    for source, rows in MAPPINGS.items():
        with open(os.path.join(i.dir, "schemas", "mappings", f"{source}.csv"), "w", encoding="utf-8") as f:
            f.write("\n".join(["source_type,category", *rows]) + "\n")
    with open(os.path.join(i.dir, "pack", "delivery.csv"), "w", encoding="utf-8") as f:
        f.write("\n".join(PACK) + "\n")
    i.run("lagesbild", "setup", "--today-from-data")


class Recorder(Writer):
    """Keeps what it writes, so that any prefix of it can be folded anew: offset n of partition 0 is records[n]."""

    def __init__(self, i):
        super().__init__(i)
        self.records = []

    def write(self, source, name, at, received=None, operation="upsert", **fields):
        self.records.append((source, name, at[:7], operation, fields))
        super().write(source, name, at, received, operation, **fields)

    def cells(self, end):
        """(month, area, category, source) -> n, withheld, of the first `end` records."""
        latest, found = {}, collections.defaultdict(lambda: [0, 0])
        for source, name, month, operation, fields in self.records[:end]:
            latest[source, name] = (month, operation, fields)
        for (source, _), (month, operation, fields) in latest.items():
            if operation == "upsert" and fields.get("verified") != "unfounded" and month >= "2023-04":
                category = dict(row.split(",") for row in MAPPINGS[source])[fields["source_type"]]
                cell = found[month, fields.get("area", "1881-centrum") or "1881", category, source]
                cell[1 if fields.get("suppressed") else 0] += fields.get("count", 1) or 0 if not fields.get("suppressed") else 1
        return {key: tuple(n) for key, n in found.items() if n != [0, 0]}


def event(w, name, at, received=None, **fields):
    w.write("housing", name, at, received, **{"source_type": "stord", **fields})


def social(w, month, count, received=None):
    w.write("social", month, f"{month}-01", received or f"{month}-28", source_type="oro", time_precision="month", area=None,
            count=count, suppressed=count is None)


def publish_history(w):
    for year, month in [(2022, 3)] + [(y, m) for y in (2024, 2025, 2026) for m in range(1, 13) if (y, m) <= (2026, 4)]:
        for n in range(3):
            event(w, f"{year}-{month:02} {n}", f"{year}-{month:02}-1{n} 2{n}:00", time_precision="hour", place="Kumla torg" if n == 2 else None,
                  area=("1881-centrum", "1881-ekeby", "1881-centrum")[n])
        if year >= 2025 and (year, month) != (2026, 4):
            social(w, f"{year}-{month:02}", 7 if month != 2 else None)
    for name in ("a fire in March", "another"):
        w.write("rescue", name, "2026-03-07", source_type="brand", area="1881-ekeby", unit="skola")
    event(w, "elsewhere", "2026-03-12", municipality="1880", area=None)
    event(w, "today", "2026-04-25")
    w.told()


def editions(i, *args, **options):
    return i.run("lagesbild", "editions", *args, **options)


def publish(i, *args):
    return json.loads(i.run("lagesbild", "publish", *args, "--json").stdout)


def frozen(i, edition):
    rows = i.psql(f"""SELECT to_char(month, 'YYYY-MM'), area, category, source, n, n_suppressed FROM lagesbild.edition_cell
        WHERE edition = {edition} AND (n <> 0 OR n_suppressed <> 0)""")
    return {tuple(row[:4]): (int(row[4]), int(row[5])) for row in rows}


def revisions(i, edition, *args):
    return {(r["month"], r["area"], r["category"], r["source"], r["cause"]): r["delta"]
            for r in json.loads(editions(i, "revisions", str(edition), "--json", *args).stdout)}


def check_sums(i, what, edition):
    """Every cell of the area: the deltas of its lines are now less frozen, in what month_cell says."""
    rows = i.psql(f"""
        WITH e AS (SELECT * FROM lagesbild.edition WHERE id = {edition}),
        r AS (SELECT month, area, category, source, sum(delta) AS delta FROM lagesbild.edition_revision WHERE edition = {edition} GROUP BY 1, 2, 3, 4),
        k AS (SELECT c.* FROM lagesbild.month_cell c, e WHERE c.municipality = '1881' AND c.month >= e.start - interval '36 months'
            AND c.month < e.start + e.months * interval '1 month'),
        f AS (SELECT * FROM lagesbild.edition_cell WHERE edition = {edition})
        SELECT month, area, category, source, k.n, f.n, r.delta FROM k FULL JOIN f USING (month, area, category, source)
        FULL JOIN r USING (month, area, category, source)
        WHERE coalesce(k.n, 0) - coalesce(f.n, 0) <> coalesce(r.delta, 0)""")
    check(f"{what}: now less frozen is the sum of the lines", rows, [])


def check_refusals(i):
    done = i.run("lagesbild", "publish", "2026-05", "--yes", check=False)
    check("a period that has not begun", (done.returncode, "has not begun" in done.stderr), (2, True))
    for text in ("2026-13", "2026T4", "26", "2026-03/2026-02", "2010-01/2026-01", "", "2026-03;"):
        done = i.run("lagesbild", "publish", text, "--yes", check=False)
        check(f"period {text!r}", (done.returncode, "is no period" in done.stderr), (2, True))
    done = i.run("lagesbild", "publish", "2026-03", "--area", "9999", "--yes", check=False)
    check("an area that is none", (done.returncode, "there is no area" in done.stderr), (2, True))
    done = i.run("lagesbild", "publish", "2026-03", check=False, stdin="")
    check("without a terminal nobody can say yes", (done.returncode, "--yes" in done.stderr), (2, True))
    done = i.run("lagesbild", "publish", "2026-02", check=False, stdin="")
    check("what is shown beforehand says what a figure lacks", ("<5" in done.stdout, " 0," in done.stdout), (True, False))
    done = i.run("lagesbild", "publish", "2026-04", "--yes", check=False)
    check("a period that is not over is not published", (done.returncode, "not over" in done.stderr), (1, True))
    check("nothing was made by what was refused", i.value("SELECT count(*) FROM lagesbild.edition"), "0")
    check("a draft of it says so", publish(i, "2026-04", "--draft")["notes"], ["not-over", "filling:housing:2026-04", "filling:rescue:2026-04",
                                                                               "filling:social:2026-04"])


def lines_of(i, edition):
    """The text that the hash is of, made here from the tables, as 006_editions.sql says it is."""
    e = json.loads(editions(i, "show", str(edition), "--json").stdout)
    hidden = i.psql(f"SELECT to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') FROM lagesbild.edition WHERE id = {edition}")
    values = {"number": e["id"], "start": e["start"][:7], "created_at": hidden[0][0], "notes": " ".join(e["notes"]),
              **{k: e[k] for k in ("period", "months", "area", "build", "zone", "tz_version", "key_id", "code_version", "mapping_hash",
                                   "categories_hash", "areas_hash")}}
    lines = [f"edition\t{k}\t{v}" for k, v in values.items()]
    for table in FROZEN:
        columns = i.psql(f"""SELECT string_agg(CASE WHEN data_type = 'date' THEN 'to_char(' || column_name || ', ''YYYY-MM'')'
            WHEN data_type = 'timestamp with time zone' THEN 'to_char(' || column_name || ' AT TIME ZONE ''UTC'', ''YYYY-MM-DD"T"HH24:MI:SS.US"Z"'')'
            ELSE column_name END, ', ' ORDER BY ordinal_position) FROM information_schema.columns
            WHERE table_schema = 'lagesbild_store' AND table_name = 'edition_{table}' AND column_name NOT IN ('edition', 'units')""")[0][0]
        lines += ["\t".join([table, *row]) for row in i.psql(f"SELECT {columns} FROM lagesbild_store.edition_{table} WHERE edition = {edition}")]
    # Only where there are any, 033_quality.sql: an earlier release's editions have the text that they had.
    lines += ["\t".join(["units", *row]) for row in
              i.psql(f"SELECT source, units->>'active', units->>'of' FROM lagesbild_store.edition_source WHERE edition = {edition} AND units IS NOT NULL")]
    return sorted(line.encode() for line in lines)


def check_hash(i, edition):
    stored = i.value(f"SELECT hash FROM lagesbild.edition WHERE id = {edition}")
    check("the hash, made anew in Python", hashlib.sha256(b"".join(line + b"\n" for line in lines_of(i, edition))).hexdigest(), stored)
    shell = f"psql -XAtqc 'SELECT * FROM lagesbild.edition_text({edition})' | sha256sum"
    done = subprocess.run(["sh", "-c", shell], env=i.env, text=True, capture_output=True, check=True)
    check("the hash, by psql and sha256sum", done.stdout.split()[0], stored)
    check("the hash, by check", editions(i, "check", str(edition)).returncode, 0)


def check_frozen(i, w):
    """Edition 2: March, published at once."""
    e = publish(i, "2026-03", "--by", "Anna", "--comment", "Lugn månad", "--yes")
    check("the edition", [e[k] for k in ("id", "kind", "period", "area", "state", "complete", "supersedes", "created_by", "approved_by", "published_by")],
          [2, "month", "2026-03", "1881", "published", True, None, "Anna", "Anna", "Anna"])
    check("what was said", [(c["event"], c["comment"]) for c in e["comments"]],
          [("draft", None), ("commented", "Lugn månad"), ("approved", None), ("published", None)])
    positions = {int(k): v for k, v in e["positions"].items()}
    check("positions are those of the records", positions[0], len(w.records))
    inside = {k: v for k, v in w.cells(positions[0]).items() if k[0] <= "2026-03" and k[1] != "1881" or k[3] == "social"}
    check("frozen are the period and the 36 months before it, as a second fold has them", frozen(i, 2), inside)
    check("hours of the period and twelve months", i.psql("""SELECT min(month), max(month), sum(n) FROM lagesbild.edition_hour WHERE edition = 2"""),
          [["2025-03-01", "2026-03-01", "39"]])
    check("places", i.psql("SELECT place, sum(n) FROM lagesbild.edition_place WHERE edition = 2 GROUP BY 1"), [["Kumla torg", "13"]])
    check("missing is not zero: what was delivered", i.psql("""SELECT source, state, count(*) FROM lagesbild.edition_delivery WHERE edition = 2
        AND source IN ('rescue', 'social', 'press') AND municipality = '1881' GROUP BY 1, 2 ORDER BY 1, 2"""),
          [["press", "not_connected", "37"], ["rescue", "complete", "1"], ["rescue", "not_connected", "36"],
           ["social", "complete", "15"], ["social", "not_connected", "22"]])
    check("units that had reported", i.psql("SELECT source, units FROM lagesbild_store.edition_source WHERE edition = 2 AND units IS NOT NULL"),
          [["rescue", '{"of": 8, "active": 1}']])
    check("equal to the build it was made of", editions(i, "check", "2", "--build", "live", check=False).returncode, 0)
    shown = editions(i, "show", "2").stdout
    for part in ("utgåva 2: 2026-03, Kumla (1881), publicerad", "Brand", "Lugn månad", e["hash"]):
        check(f"show has {part!r}", part in shown, True)
    check("a year ago rescue was not connected", [line.split()[-2:] for line in shown.splitlines() if "Brand" in line], [["..", ".."]])
    check("nothing has changed", revisions(i, 2, "--all"), {})
    check_hash(i, 2)


def change(w):
    """What comes after edition 2."""
    event(w, "late one", "2026-03-30", "2026-04-26", unit="fritid")
    event(w, "late and elsewhere", "2026-03-30", "2026-04-26", municipality="1880", area=None)
    event(w, "2026-03 0", "2026-03-10 20:00", "2026-04-26", area="1881-ekeby")  # another area
    event(w, "2026-03 1", "2026-02-27", "2026-04-26", area="1881-ekeby")  # another month
    event(w, "2026-03 2", "2026-03-12 22:00", "2026-04-26", verified="unfounded")
    event(w, "2026-02 0", "2026-02-10", "2026-04-26", operation="withdraw")
    event(w, "2026-02 2", "2026-02-10", "2026-04-26", operation="withdraw", reason="source-removed")
    event(w, "of old", "2025-05-05", "2026-04-26", backfill=True)
    event(w, "of March", "2026-03-05", "2026-04-26", backfill=True)
    event(w, "2025-04 0", "2025-04-10", "2026-04-26", backfill=True, area="1881-ekeby")  # history mends what was there
    event(w, "far too old", "2022-03-05", "2026-04-26", backfill=True)
    social(w, "2026-03", None, "2026-04-26")
    social(w, "2026-02", 6, "2026-04-26")
    event(w, "in April", "2026-04-26")  # timely, in a month that edition 2 has not
    w.told()


NOI, CEN, EKE = "NOI", "1881-centrum", "1881-ekeby"
CHANGES = {
    ("2026-03", CEN, NOI, "housing", "late"): 1,
    ("2026-03", CEN, NOI, "housing", "corrected"): -1, ("2026-03", EKE, NOI, "housing", "corrected"): 0, ("2026-02", EKE, NOI, "housing", "corrected"): 1,
    ("2026-03", CEN, NOI, "housing", "unfounded"): -1,
    ("2026-02", CEN, NOI, "housing", "withdrawn"): -1, ("2026-02", CEN, NOI, "housing", "source-removed"): -1,
    ("2025-05", CEN, NOI, "housing", "backfill"): 1, ("2026-03", CEN, NOI, "housing", "backfill"): 1,
    ("2025-04", CEN, NOI, "housing", "backfill"): -1, ("2025-04", EKE, NOI, "housing", "backfill"): 1,
    ("2026-03", "1881", "CON", "social", "corrected"): -7, ("2026-02", "1881", "CON", "social", "corrected"): 6,
    ("2026-03", "1881", "CON", "social", "small-count"): 0, ("2026-02", "1881", "CON", "social", "small-count"): 0,
}


def check_changes(i, w):
    before, stored = frozen(i, 2), i.value("SELECT hash FROM lagesbild.edition WHERE id = 2")
    change(w)
    check("frozen figures stay", (frozen(i, 2), i.value("SELECT lagesbild_store.edition_hash(2)")), (before, stored))
    units = "SELECT jsonb_object_agg(s->>'source', s->'units'->'active') FROM jsonb_array_elements(lagesbild.api_summary(ARRAY['housing', 'rescue'], '{}')->'sources') s"
    check("units, frozen and now", [json.loads(i.value(units.format(asked))) for asked in ('{"edition": "2"}', '{"period": "2026-03"}')],
          [{"rescue": 1, "housing": None}, {"rescue": 1, "housing": 1}])
    check("causes", revisions(i, 2, "--all"), {k: v for k, v in CHANGES.items() if v or k[4] == "small-count"})
    check("causes in the period alone", {k[0] for k in revisions(i, 2)}, {"2026-03"})
    check_sums(i, "after all sorts of changes", 2)
    check("in the draft of a month that was not over, timely arrivals are new", revisions(i, 1),
          {("2026-04", CEN, NOI, "housing", "new"): 1})
    check_sums(i, "the unfinished month", 1)
    # A message that had been refused comes again: read anew, in an epoch of its own.
    sequence = w.sequence["housing"]
    event(w, "refused at first", "2026-03-02", "2026-03-02", source_type="skrap",
          origin={"topic": f"{i.prefix}feed.housing", "partition": 0, "epoch": EPOCH + 1, "offset": 0, "sequence": 1})
    w.sequence["housing"] = sequence
    w.told()
    check("history is named before a replay: it cannot be told apart", revisions(i, 2)[("2026-03", CEN, "PHY", "housing", "backfill")], 1)
    e = publish(i, "2026-03", "--draft")
    check("a new draft of the same period supersedes", (e["id"], e["supersedes"], e["state"]), (3, 2, "draft"))
    event(w, "refused too", "2026-03-03", "2026-03-03", source_type="skrap",
          origin={"topic": f"{i.prefix}feed.housing", "partition": 0, "epoch": EPOCH + 2, "offset": 1, "sequence": 1})
    w.sequence["housing"] = sequence
    w.told()
    check("read anew", revisions(i, 3), {("2026-03", CEN, "PHY", "housing", "new"): 1})
    check_sums(i, "after a replay", 3)
    check("verify says so", "a cause" in i.verify(), True)


def check_unexplained(i, w):
    """A line that the change log has lost, a figure that somebody has changed: no silent edits."""
    e = publish(i, "2026-02", "--draft")["id"]
    event(w, "late, for nothing", "2026-02-26", "2026-04-26")
    w.told()
    check("late", revisions(i, e), {("2026-02", CEN, NOI, "housing", "late"): 1})
    line = f"""FROM lagesbild_store.change_log WHERE incidents_offset >= (
        SELECT next FROM lagesbild_store.edition_position WHERE edition = {e} AND partition = 0)"""
    i.psql(f"CREATE TABLE taken AS SELECT * {line}; DELETE {line}")
    check("a figure that nothing explains", revisions(i, e), {("2026-02", CEN, NOI, "housing", "unexplained"): 1})
    done = i.run("lagesbild", "verify", check=False)
    check("verify names it", (done.returncode, f"edition {e}, 2026-02 {CEN}" in done.stdout), (1, True))
    i.psql("INSERT INTO lagesbild_store.change_log SELECT * FROM taken; DROP TABLE taken")
    i.psql("UPDATE lagesbild_store.cell SET n = n - 5 WHERE cell = (SELECT max(cell) FROM lagesbild_store.change_log WHERE cause = 'withdrawn')")
    check("one that somebody has lessened", revisions(i, 2, "--all").get(("2026-02", CEN, NOI, "housing", "unexplained")), -5)
    i.psql("UPDATE lagesbild_store.cell SET n = n + 5 WHERE cell = (SELECT max(cell) FROM lagesbild_store.change_log WHERE cause = 'withdrawn')")
    check("verify is content again", "a cause" in i.verify(), True)


def refused(i, sql):
    try:
        i.psql(sql)
    except RuntimeError as e:
        return "frozen" in str(e) or "permission denied" in str(e) or "cannot become" in str(e) or "begins as a draft" in str(e)
    return False


def check_immutable(i):
    stored = i.value("SELECT hash FROM lagesbild.edition WHERE id = 2")
    for table in (*FROZEN, "rules"):
        name = f"lagesbild_store.edition_{table}"
        for sql in (f"DELETE FROM {name} WHERE edition = 2", f"UPDATE {name} SET edition = 2 WHERE edition = 2", f"TRUNCATE {name}"):
            sql = sql.replace("edition =", "hash =").replace("= 2", "= 'x'") if table == "rules" else sql
            check(sql, refused(i, sql), True)
    for sql in ("INSERT INTO lagesbild_store.edition_cell VALUES (2, '2026-03-01', '1881', '1881', 'NOI', 'housing', 5, 0, 0)",
                "INSERT INTO lagesbild_store.edition_cell VALUES (77, '2026-03-01', '1881', '1881', 'NOI', 'housing', 5, 0, 0)",
                "UPDATE lagesbild_store.edition SET hash = 'x' WHERE id = 2", "UPDATE lagesbild_store.edition SET complete = true WHERE id = 1",
                "UPDATE lagesbild_store.edition SET period = 'x', state = 'approved' WHERE id = 3",
                "UPDATE lagesbild_store.edition SET state = 'draft' WHERE id = 2", "UPDATE lagesbild_store.edition SET published_by = 'x' WHERE id = 2",
                "DELETE FROM lagesbild_store.edition WHERE id = 3", "TRUNCATE lagesbild_store.edition CASCADE",
                "UPDATE lagesbild_store.edition_event SET comment = 'x'", "DELETE FROM lagesbild_store.edition_event",
                "SET ROLE lagesbild_operator; UPDATE lagesbild_store.edition SET state = 'withdrawn' WHERE id = 2",
                "SET ROLE lagesbild_council; SELECT lagesbild_store.edition_move(2, 'withdrawn', '', '', false)",
                "SET ROLE lagesbild_public; SELECT * FROM lagesbild.edition",
                "SET ROLE lagesbild_public; SELECT * FROM lagesbild.edition_text(2)"):
        check(sql, refused(i, sql), True)
    check("the council reads it", i.value("SET ROLE lagesbild_council; SELECT count(*) > 0 FROM lagesbild.edition_revision"), "t")
    check("the hash stands", i.value("SELECT lagesbild_store.edition_hash(2)"), stored)
    one = "BEGIN{}; SET LOCAL ROLE lagesbild_operator; SELECT lagesbild_store.edition_freeze('2026-01-01', 1, '1881', '', 'x', 'x', '{{}}'); ROLLBACK"
    check("the operator freezes, in one snapshot", i.psql(one.format(" ISOLATION LEVEL REPEATABLE READ"))[0][0], "5")
    try:
        i.psql(one.format(""))
        check("a draft of several snapshots", "made", "refused")
    except RuntimeError as e:
        check("a draft of several snapshots", "one snapshot" in str(e), True)


def check_rules(i):
    """An edition's rules made anew: by another build's, and by what was frozen when no build has them any more."""
    i.psql("""INSERT INTO lagesbild_store.build (id, name, zone, municipality, mapping, fed) SELECT n, 'of ' || n, zone, municipality, '', false
        FROM lagesbild_store.build, generate_series(8, 9) AS n;
        SELECT lagesbild_store.edition_copy_rules(2, 8::smallint);
        BEGIN; UPDATE lagesbild_store.category SET sv = sv || '!' WHERE build <> 9; SELECT lagesbild_store.edition_copy_rules(2, 9::smallint);
        UPDATE lagesbild_store.category SET sv = rtrim(sv, '!') WHERE build <> 9; COMMIT""")
    for build in (8, 9):
        check(f"rules of build {build}", i.psql(f"""SELECT lagesbild_store.rules_hash({build}::smallint, w) = CASE w WHEN 'mapping' THEN mapping_hash
            WHEN 'areas' THEN areas_hash ELSE categories_hash END FROM lagesbild.edition, unnest(ARRAY['mapping', 'areas', 'categories']) AS w
            WHERE id = 2"""), [["t"]] * 3)
        check(f"trees of build {build}", i.value(f"""SELECT (SELECT count(*) FROM lagesbild_store.area_ancestor WHERE build = {build})
            = (SELECT count(*) FROM lagesbild_store.area_ancestor WHERE build = 1)"""), "t")
    i.psql("DELETE FROM lagesbild_store.build WHERE id IN (8, 9)")


def check_roles(i):
    """The operator's role does all of it, an own area is an area, and two at once take turns."""
    for role in ("lagesbild_operator",):
        env = {"PGOPTIONS": f"-c role={role}"}
        i.run("lagesbild", "publish", "2026-03", "--area", CEN, "--draft", env=env)
        newest = int(i.value("SELECT max(id) FROM lagesbild.edition"))
        check("an own area alone", {k[1] for k in frozen(i, newest)}, {CEN})
        for args in (["list"], ["show", str(newest)], ["revisions", str(newest)], ["check", str(newest), "--build", "live"], ["approve", str(newest)]):
            done = editions(i, *args, env=env, check=False)
            check(f"{role}: {args} {done.stderr}", done.returncode, 0)
    both = [subprocess.Popen([i.program("lagesbild"), "publish", "2026-03", "--area", EKE, "--draft", "--json"], env=i.env, text=True,
                             stdout=subprocess.PIPE) for _ in range(2)]
    made = sorted((json.loads(p.communicate(timeout=60)[0]) for p in both), key=lambda e: e["id"])
    check("two at once", [e["supersedes"] for e in made], [None, made[0]["id"]])


def check_states(i):
    def says(what, status, part, *args):
        done = editions(i, *args, check=False)
        check(what, (done.returncode, part in done.stdout + done.stderr), (status, True))
    says("a draft is not published before it is approved", 2, "cannot become published", "publish", "3")
    says("an empty comment", 2, "empty", "comment", "3", "")
    says("a comment makes a draft a commented one", 0, "commented", "comment", "3", "Varför så få?", "--by", "Bo")
    says("and not twice", 0, "commented", "comment", "3", "Sommaren.", "--by", "Cia")
    says("approved", 0, "approved", "approve", "3", "--by", "Bo")
    says("approved is approved", 2, "cannot become approved", "approve", "3")
    says("a later comment leaves it so", 0, "approved", "comment", "3", "Bra.")
    says("published", 0, "published", "publish", "3", "--by", "Anna")
    says("no way back", 2, "cannot become approved", "approve", "3")
    says("what was incomplete is published by force only", 2, "incomplete", "publish", "1")
    says("the newer one stands", 0, "superseded by 3", "list")
    publish(i, "2026-03", "--draft")
    publish(i, "2026-03", "--draft")
    says("a draft that a newer one has superseded goes no further", 2, "superseded by edition 6", "approve", "5")
    says("withdrawing asks", 2, "--yes", "withdraw", "6")
    says("but out", 0, "withdrawn", "withdraw", "6", "--yes", "--comment", "Fel område")
    says("with the newer one gone it may", 0, "approved", "approve", "5")
    says("nothing comes back", 2, "cannot become commented", "comment", "6", "x")
    says("no such edition", 2, "no edition 99", "show", "99")
    says("no number", 2, "no edition's number", "show", "x")
    says("no action", 2, "no action", "burn", "1")
    e = json.loads(editions(i, "show", "3", "--json").stdout)
    check("who did what", [(c["by"], c["event"], c["comment"]) for c in e["comments"]][1:4],
          [("Bo", "commented", "Varför så få?"), ("Cia", "commented", "Sommaren."), ("Bo", "approved", None)])


def check_concurrent(i, w):
    """Drafts are made while the aggregator writes: each is the fold of exactly the records before its position."""
    done = threading.Event()

    def stream():
        n = 0
        while not done.wait(0.0005) and n < 200000:
            event(w, f"stream {n % 400}", f"2026-0{1 + n % 3}-{10 + n % 9}", "2026-04-26", area=(CEN, EKE, "1881-malmen")[n % 3])
            n += 1
    thread = threading.Thread(target=stream)
    thread.start()
    try:
        made = [publish(i, "2026T1" if n % 2 else "2026-01/2026-03", "--draft") for n in range(6)]
    finally:
        done.set()
        thread.join()
    w.told()
    positions = [e["positions"]["0"] for e in made]
    check("drafts were made while records came", len(set(positions)) >= 4, True)
    for e, position in zip(made, positions):
        last = "2026-04" if e["period"] == "2026T1" else "2026-03"
        expected = {k: v for k, v in w.cells(position).items() if k[0] <= last and (k[1] != "1881" or k[3] == "social")}
        check(f"edition {e['id']} at position {position}", frozen(i, e["id"]), expected)
        check_sums(i, f"edition {e['id']}", e["id"])
        check("its hours are of the same moment", i.psql(f"""SELECT count(*) FROM (SELECT month, area, category, source, sum(n) AS n FROM
            lagesbild.edition_hour WHERE edition = {e['id']} AND category = 'NOI' GROUP BY 1, 2, 3, 4) h JOIN lagesbild.edition_cell c USING (month, area, category, source)
            WHERE c.edition = {e['id']} AND h.n > c.n"""), [["0"]])
    check("a build that has gone on is not the edition's", editions(i, "check", str(made[0]["id"]), "--build", "live", check=False).returncode, 1)


def check_mapping(i, w):
    """A build with another mapping becomes the current one: what neither log nor first arrivals explain is the mapping."""
    i.psql("""INSERT INTO lagesbild_store.build (id, name, zone, municipality, mapping) SELECT 2, 'other', zone, municipality, 'x' FROM lagesbild_store.build;
        SELECT lagesbild_store.build_attach(2::smallint); SELECT lagesbild_store.build_copy_rules(1::smallint, 2::smallint);
        UPDATE lagesbild_store.mapping SET category = (SELECT id FROM lagesbild_store.category WHERE build = 2 AND code = 'PHY')
        WHERE build = 2 AND source_type = 'stord';
        INSERT INTO lagesbild_store.position (build, partition) SELECT 2, partition FROM lagesbild_store.position WHERE build = 1""")
    i.start("other", "aggregator", env={"LAGESBILD_BUILD": "other"})
    wait_for("the other build has caught up",
             lambda: i.value("SELECT sum(next) FROM lagesbild_store.position WHERE build = 2") == str(w.sent))
    i.psql("UPDATE lagesbild_store.build_current SET build = 2")
    found = revisions(i, 2)
    check("another mapping", (found.get(("2026-03", CEN, "PHY", "housing", "mapping"), 0) > 0, found.get(("2026-03", CEN, NOI, "housing", "mapping"), 0) < 0,
                              {k[4] for k in found} & {"unexplained", "new"}), (True, True, set()))
    check_sums(i, "with another mapping", 2)
    done = editions(i, "check", "2", "--build", "other", check=False)
    check("check names the rules", (done.returncode, "other mapping" in done.stdout), (1, True))
    i.psql("UPDATE lagesbild_store.build_current SET build = 1")
    i.stop("other")


def check_rebuilt(i):
    """Years later: the edition made anew from the log."""
    for edition in (1, 2):
        i.run("lagesbild", "rebuild", "--edition", str(edition), "--into", f"as-of-{edition}")
        done = editions(i, "check", str(edition), "--build", f"as-of-{edition}", check=False)
        check(f"edition {edition}, rebuilt from the log, is equal to the last digit\n{done.stdout}", done.returncode, 0)


def main():
    with Installation("editions", setup=False) as i:
        prepare(i)
        w = Recorder(i)
        i.start("aggregator")
        publish_history(w)
        check_refusals(i)
        check_frozen(i, w)
        check_changes(i, w)
        check_unexplained(i, w)
        check_immutable(i)
        check_rules(i)
        check_states(i)
        check_roles(i)
        check_concurrent(i, w)
        check_mapping(i, w)
        check_rebuilt(i)
        i.stop("aggregator")
        i.failed = bool(wrong)
    print("\n".join(wrong) or "editions stay as they were, and what has changed has its cause")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
