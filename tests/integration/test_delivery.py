"""Missing is not zero: what each source has delivered, by what came and by a person's word, and what views and picture make of it.

Sources of every kind, written to topic incidents as their normalizers would, and taken in by the real aggregator:
social counts 7, "<5", 0; housing leaves out a month, and has one of nothing but an unfounded report; staff is new this year and has a month with
nothing to report; rescue stands in no pack; press is planned, silent, and holds nothing up. "Today" is the newest time in the data.
"""
import json
import os
import shutil
import sys

from installation import ROOT, Installation
from incidents import Writer, ms

os.environ.setdefault("LAGESBILD_REPLICATION", "1")
PACK = ["source,kind,from,complete_after_days", "press,events,2025-12,30", "social,counts,2025-01,20", "housing,events,2024-01,5",
        "staff,events,2026-01,5"]
MAPPINGS = {"social": ["oro,CON"], "housing": ["stord,NOI"], "staff": ["skrap,PHY", "inget,INF"], "rescue": ["brand,FIR.UNK", "bråk,ORD.PUB"]}
COLUMNS = "n, n_last_year, change, n_year_to_date, n_rolling12, n_rolling12_before"
wrong = []


def check(what, actual, expected):
    if actual != expected:
        wrong.append(f"{what}\n  is       {actual}\n  expected {expected}")


def months(first, last):
    year, month = map(int, first.split("-"))
    while f"{year}-{month:02}" <= last:
        yield f"{year}-{month:02}"
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)


def write_pack(i, lines):
    with open(os.path.join(i.env["LAGESBILD_PACK"], "delivery.csv"), "w", encoding="utf-8") as f:
        f.write("\n".join(lines) + "\n")


def prepare(i):
    """A pack and mappings of the test's own: what the repository's say of these sources may change."""
    for name, path in (("schemas", "schemas"), ("pack", "deploy/kumla")):
        shutil.copytree(os.path.join(ROOT, path), os.path.join(i.dir, name))
        i.env[f"LAGESBILD_{name.upper()}"] = os.path.join(i.dir, name)
    for source, rows in MAPPINGS.items():
        with open(os.path.join(i.dir, "schemas", "mappings", f"{source}.csv"), "w", encoding="utf-8") as f:
            f.write("\n".join(["source_type,category", *rows]) + "\n")
    write_pack(i, PACK)
    i.run("lagesbild", "setup", "--today-from-data")


def social(w, month, count, received=None):
    """A counts row; None: suppressed. A later one replaces it."""
    w.write("social", month, f"{month}-01", received or f"{month}-28", source_type="oro", time_precision="month", area=None,
            count=count, suppressed=count is None)


def publish(w):
    for month in months("2025-01", "2025-12"):
        social(w, month, None if month == "2025-03" else 7)
    for month, count in (("2026-01", 7), ("2026-02", None), ("2026-03", 0)):
        social(w, month, count)
    for month in months("2024-01", "2026-03"):
        for n in range(2):
            if month != "2025-06":
                w.write("housing", f"{month} {n}", f"{month}-1{n}", source_type="stord", verified="unfounded" if month == "2026-02" else "reported")
    for day in ("2026-01-05", "2026-01-06", "2026-01-30", "2026-03-31 23:30"):
        w.write("staff", day, day, source_type="skrap")
    w.write("staff", "inget", "2026-02-09", source_type="inget", countable="info")
    for day in ("2025-11-03", "2026-01-03", "2026-02-03"):
        w.write("rescue", day, day, source_type="brand")
    w.write("staff", "inget in april", "2026-04-06", source_type="inget", countable="info")  # one week's word is not the month's
    w.write("rescue", "in the prison", "2026-02-04", source_type="bråk", area="1881-anstalten")
    w.write("housing", "in april", "2026-04-12", source_type="stord")
    w.told()


def states(i, source, first, last):
    return [row[0] for row in i.psql(f"""SELECT state FROM lagesbild.delivery WHERE source = '{source}' AND municipality = '1881'
        AND month BETWEEN '{first}-01' AND '{last}-01' ORDER BY month""")]


def summary(i, source, month, area="1881"):
    """The figures of the source's only first-level category, null as '-', and at_least."""
    rows = i.psql(f"""
        SELECT s.state, {COLUMNS}, array_to_string(at_least, ' ') FROM lagesbild.month_summary s
        WHERE s.source = '{source}' AND s.area = '{area}' AND s.month = '{month}-01' AND s.category IN ('CON', 'NOI', 'PHY', 'FIR')""")
    return " ".join(cell or "-" for cell in rows[0][:7]) + ("" if not rows[0][7] else f" at least {rows[0][7]}") if rows else "no row"


def check_states(i):
    check("social, with 20 days to deliver", states(i, "social", "2026-01", "2026-04"), ["complete", "complete", "filling", "filling"])
    check("before the pack's month a source is not connected", states(i, "staff", "2025-12", "2026-04"),
          ["complete", "nothing", "complete", "filling"])
    check("a left out month", states(i, "housing", "2025-05", "2025-07"), ["complete", "missing", "complete"])
    check("a month of nothing but unfounded reports is delivered", states(i, "housing", "2026-02", "2026-02"), ["complete"])
    check("a source in no pack is connected from its first month", states(i, "rescue", "2025-10", "2026-04"),
          ["complete", "missing", "complete", "complete", "missing", "filling"])
    check("a planned source that never came", states(i, "press", "2025-11", "2026-04"), ["missing", "missing", "missing", "filling", "filling"])


def check_summary(i):
    # state, n, n_last_year, change, n_year_to_date, n_rolling12, n_rolling12_before
    for source, month, expected in (
            ("social", "2026-01", "complete 7 7 0 7 77 - at least n_rolling12"),
            ("social", "2026-02", "complete - 7 - 7 70 - at least n n_year_to_date n_rolling12"),
            ("social", "2026-03", "filling - - - - - - at least n_last_year"),
            ("social", "2025-02", "complete 7 - - 14 - -"),
            ("social", "2025-12", "complete 7 - - 77 77 - at least n_year_to_date n_rolling12"),
            ("housing", "2025-05", "complete 2 2 0 10 24 -"),
            ("housing", "2025-06", "missing - 2 - - - -"),
            ("housing", "2025-07", "complete 2 2 0 - - -"),
            ("housing", "2026-02", "complete 0 2 -2 2 - 24"),
            ("housing", "2026-03", "complete 2 2 0 4 - 24"),
            ("housing", "2026-04", "filling 1 2 - - - 24"),
            ("staff", "2026-01", "complete 3 - - 3 - -"),
            ("staff", "2026-03", "complete 1 - - 4 - -"),
            ("rescue", "2026-02", "complete 1 - - 2 - -"),
            ("rescue", "2025-11", "complete 1 - - - - -"),
            ("rescue", "2026-03", "no row")):
        check(f"month_summary of {source} {month}", summary(i, source, month), expected)


def picture(i, *args):
    return i.run("lagesbild", "picture", *args).stdout


def row(text, category):
    """A row of the picture's first block, its bar taken out."""
    found = [line for line in text.split("Underlag")[0].splitlines() if line.startswith(f" {category} ")]
    words = found[0].split() if found else []
    return " ".join(word for word in words if not set(word) & set("█▏▎▍▌▋▊▉"))


def check_picture(i):
    text = picture(i)
    for what, part in (("the month that nobody still fills", "Kumla, februari 2026 (hel månad)"), ("who is waited for", "(mars fylls ännu på: social)"),
                       ("who has delivered", "notiser ✗ saknas   räddning ✓   social ✓   bostäder ✓"),
                       ("nothing to report", "personal ✓ inget att rapportera"), ("who has not been connected", "ej anslutna: polis, medborg."),
                       ("areas by source", "Centrum: räddning 1"), ("an institution's are not among the rows", "Anstalten Kumla: räddning 1 (ej medräknad)"),
                       ("a suppressed count of an area", "okänt område: social <5"),
                       ("a tertial that lacks months", "2025T3 Kumla: räddning ≥1 / .. i fjol"), ("the open one", "(2026T1 ej hel: ingen jämförelse)"),
                       ("a tertial", "2025T3 Kumla: bostäder 8 / 8 i fjol"), ("the balance", "differens 0   förlorade 0")):
        check(f"picture: {what}: {part}", part in text, True)
    check("picture: lines within 80 columns", [line for line in text.splitlines() if len(line) > 80], [])
    check("picture: plain when not a terminal", "\033" in text, False)
    check("picture: an institution", row(text, "Ordningsstörning"), "")
    check("picture: small count", row(text, "Oro barn/unga"), "Oro barn/unga social <5 7 ≥70 visas ej (litet antal)")
    check("picture: a real 0", row(text, "Störande ljud"), "Störande ljud bostäder 0 2 ≥20 · inom det vanliga")
    check("picture: new source", row(text, "Fysisk miljö"), "Fysisk miljö personal 0 .. ≥3 ny källa, jämförs ej")
    check("picture: in no pack", row(text, "Brand"), "Brand räddning 1 .. ≥3 ny källa, jämförs ej")
    text = picture(i, "--month", "2026-03")
    check("picture: still filling", "Kumla, mars 2026 (preliminär)" in text and "social ◔ fylls på" in text, True)
    check("picture: 0 of a month that is still filling is not told", row(text, "Oro barn/unga"), "Oro barn/unga social .. <5 ≥70 jämförs ej")
    check("picture: silent", row(text, "Brand"), "Brand räddning .. .. ≥3 ny källa, jämförs ej")
    rows = {r["category"]: r for r in json.loads(picture(i, "--json", "--month", "2026-02"))["rows"] if r["area"] == "1881"}
    check("picture --json: small count", (rows["Oro barn/unga"]["n"], rows["Oro barn/unga"]["suppressed"]), (None, True))
    check("picture --json: not delivered", (rows["Fysisk miljö"]["n"], rows["Fysisk miljö"]["last_year"]), (0, None))


def check_later(i, w):
    """Time goes on: what was filling is judged, and the delivered 0 is one."""
    social(w, "2026-03", 0, received="2026-04-25")
    w.told()
    check("social delivered its 0", states(i, "social", "2026-03", "2026-03"), ["complete"])
    check("month_summary of a 0 after a small count", summary(i, "social", "2026-03"),
          "complete 0 - - 7 70 - at least n_last_year n_year_to_date n_rolling12")
    text = picture(i)
    check("picture: 7, <5, 0", row(text, "Oro barn/unga"), "Oro barn/unga social 0 <5 ≥70 jämförs ej")
    check("picture: the newest whole month", "Kumla, mars 2026 (hel månad)" in text and "fylls" not in text, True)
    check("picture: silent for three months, so not said to be filling", "notiser ✗ saknas   räddning ✗ saknas   social ✓" in text, True)
    for n, (count, shown) in enumerate(((None, "<5"), (None, "2×<5"), (6, "≥6"))):
        w.write("social", f"2026-03 {n}", "2026-03-01", received="2026-04-25", source_type="oro", time_precision="month", count=count,
                suppressed=count is None)
        w.told()
        check("picture: several small counts", row(picture(i), "Oro barn/unga").split()[2:5], ["social", shown, "<5"])


def delivery(i, *args):
    return i.run("lagesbild", "delivery", *args).stdout


def check_word(i):
    """A person's word holds for the municipality, and can be taken back."""
    before = summary(i, "housing", "2026-03")
    check("said", delivery(i, "housing", "2025-06", "nothing", "--by", "Eva \"E\" Ek"), "housing 2025-06 is nothing (before: missing)\n")
    check("the month by a person's word", summary(i, "housing", "2025-06"), "nothing 0 2 -2 10 22 -")
    check("sums over it", summary(i, "housing", "2026-03"), "complete 2 2 0 4 20 24")
    check("the county is not the municipality", summary(i, "housing", "2025-06", area="18"), "missing - 2 - - - -")
    check("who said it", i.psql("SELECT state, by FROM lagesbild.delivery WHERE by IS NOT NULL"), [["nothing", 'Eva "E" Ek']])
    table = delivery(i)
    check("the table", [line.split() for line in table.splitlines() if line.startswith(("housing", "press"))],
          [["press", *["-"] * 8, "!!", "!!", "!!", "~", "~"], ["housing", "ok", "ok", "0*", *["ok"] * 9, "~"]])
    check("the table within 80 columns", [line for line in table.splitlines() if len(line.rstrip()) > 80], [])
    rows = {(r["source"], r["month"]): r for r in json.loads(delivery(i, "--json"))}
    check("delivery --json", (len(rows), rows["housing", "2025-06"]["by"], rows["press", "2026-02"]["state"]), (7 * 13, 'Eva "E" Ek', "missing"))
    check("said of a month before the first", delivery(i, "staff", "2025-12", "complete"), "staff 2025-12 is complete (before: not_connected)\n")
    check("taken back", [delivery(i, "staff", "2025-12", "derived"), delivery(i, "housing", "2025-06", "derived")],
          ["staff 2025-12 is not_connected, derived (before: complete)\n", "housing 2025-06 is missing, derived (before: nothing)\n"])
    check("as before", summary(i, "housing", "2026-03"), before)
    delivery(i, "rescue", "2026-02", "missing")
    check("what came of a month that a person calls missing", summary(i, "rescue", "2026-02"), "missing 1 - - - - - at least n")
    delivery(i, "rescue", "2026-02", "derived")


def check_refused(i):
    for args, word in ((("nobody", "2026-03", "missing"), "there are press, police"), (("social", "2026-13", "missing"), "no month"),
                       (("social", "2026-3", "missing"), "no month"), (("social", "2026-03", "lost"), "not_connected"),
                       (("social", "2099-01", "missing"), "has not begun"), (("social", "2026-03"), "give source, month and state"),
                       (("social", "2026-03", "missing", "--by"), "incomplete"), (("--by", "Eva"), "--by"),
                       (("social", "2026-03", "missing", "--by", "a\nb"), "control"), (("social", "2026-03", "missing", "x"), "unknown")):
        done = i.run("lagesbild", "delivery", *args, check=False)
        check(f"delivery {args} is refused in one line with \"{word}\": {done.stderr}",
              (done.returncode, word in done.stderr, done.stderr.count("\n")), (2, True, 1))
    check("nothing was said", i.value("SELECT count(*) FROM lagesbild_store.delivery_set"), "0")


def check_removed(i, w):
    """What is withdrawn has not been delivered; a source that leaves the pack is judged by what came."""
    for n in range(2):
        w.write("housing", f"2026-01 {n}", "2026-01-10", received="2026-04-25 13:00", operation="withdraw", reason="source-removed")
    w.write("staff", "inget", "2026-02-09", received="2026-04-25 13:00", operation="withdraw")
    w.told()
    check("withdrawn", states(i, "housing", "2026-01", "2026-01") + states(i, "staff", "2026-02", "2026-02"), ["missing", "missing"])
    check("no fall", summary(i, "housing", "2026-01"), "missing - 2 - - - 24")
    check("no sum", summary(i, "staff", "2026-03"), "complete 1 - - - - -")
    write_pack(i, [line for line in PACK if not line.startswith(("press", "social"))])
    check("setup says so", "2 added or changed" in i.run("lagesbild", "setup", "--today-from-data").stdout, True)
    check("nothing came and nothing is planned", states(i, "press", "2025-01", "2026-04"), [])
    check("no days of grace", states(i, "social", "2026-02", "2026-04"), ["complete", "complete", "filling"])


def check_today(i, w):
    """A message without a time of its own, sent by hand months later, is no news of what day it is in the data."""
    today = i.value("SELECT lagesbild_store.today()")
    w.write("staff", "by hand", "2026-03-20", received="2026-11-20 09:00", revision=ms("2026-11-20 09:00") * 1000, source_type="skrap")
    w.told()
    check("today is told by the data, not by our clock", i.value("SELECT lagesbild_store.today()"), today)


def check_walked(i):
    """What was delivered is found by index, however many cells and rows there are."""
    scans = "SELECT coalesce(sum(seq_scan), 0) FROM pg_stat_user_tables WHERE relname ~ '^(cell|ledger)_[0-9]+$'"
    before = i.value(scans)
    i.psql("SELECT count(*) FROM lagesbild_store.source_month")
    check("scans of cells and ledger for what was delivered", int(i.value(scans)) - int(before), 0)


def main():
    with Installation("delivery", setup=False) as i:
        prepare(i)
        i.start("aggregator")
        w = Writer(i)
        publish(w)
        check_states(i)
        check_walked(i)
        check_summary(i)
        check_picture(i)
        check_later(i, w)
        check_word(i)
        check_refused(i)
        check_removed(i, w)
        check_today(i, w)
        i.stop("aggregator")
    print("\n".join(wrong) or "delivery: all as it should be")
    return 1 if wrong else 0


sys.exit(main())
