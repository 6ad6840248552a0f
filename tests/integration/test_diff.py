"""lagesbild diff: two builds of one log, one of them held back while all that can change a figure arrives, and one by other rules under other
numbers; editions beside them. Each cause has the figure that was meant; every cell's causes add up to its difference; the cells are those that SQL finds."""
import csv
import hashlib
import io
import json
import os
import random
import subprocess
import sys

from installation import Installation
from incidents import EPOCH, Writer
from twin import OTHER_RULES, cells, feed, make, prepare, told

os.environ.setdefault("LAGESBILD_REPLICATION", "1")
TYPES = {"staff": ("skrap",), "housing": ("stord",), "rescue": ("brand", "bråk")}
AREAS = ("1881-centrum", "1881-kumlaby", "1881-ekeby")
SEED = int(os.environ.get("DIFF_SEED", random.randrange(1 << 32)))
wrong = []


def check(what, actual, expected):
    if actual != expected:
        wrong.append(f"{what}\n  is       {actual}\n  expected {expected}")


def identity(source, name):
    return hashlib.sha256(f"{source} {name}".encode()).digest()[:16].hex()


def social(w, month, count, at):
    w.write("social", month, f"{month}-01", at, source_type="oro", time_precision="month", area=None, count=count, suppressed=count is None)


def publish_first(w):
    for n in range(3):
        w.write("staff", f"s{n}", f"2026-01-0{n + 1}", source_type="skrap")
    w.write("staff", "kumlaby", "2026-01-09", source_type="skrap", area="1881-kumlaby")
    for n in range(4):
        w.write("housing", f"h{n}", f"2026-01-1{n}", source_type="stord")
    social(w, "2026-01", 7, "2026-01-28")
    social(w, "2026-02", None, "2026-02-27")
    for n in range(2):
        w.write("rescue", f"r{n}", f"2026-02-0{n + 1}", source_type="brand")
    w.write("rescue", "b0", "2026-02-10", source_type="bråk")


def publish_changes(w):
    w.write("staff", "late", "2026-01-10", "2026-02-03", source_type="skrap")
    w.write("staff", "new", "2026-03-05", source_type="skrap")
    w.write("staff", "nothing", "2026-03-06", source_type="inget", countable="info")
    w.write("housing", "h0", "2026-02-02", "2026-03-07", source_type="stord")  # moved to another month
    w.write("housing", "h1", "2026-01-11", "2026-03-07", operation="withdraw")
    w.write("housing", "h2", "2026-01-12", "2026-03-07", source_type="stord", verified="unfounded")
    social(w, "2026-01", 12, "2026-03-08")
    social(w, "2026-02", 9, "2026-03-08")
    # The same feed message again in a later epoch, which refuses it.
    w.write("rescue", "r0", "2026-02-01", operation="reject", reason="bad-value", detail="mended",
            origin={"topic": f"{w.i.prefix}feed.rescue", "partition": 0, "epoch": EPOCH + 1, "offset": 0, "sequence": 1})
    w.sequence["rescue"] -= 1
    w.write("rescue", "b0", "2026-02-10", "2026-02-11", operation="withdraw")
    w.write("rescue", "b1", "2026-02-12", source_type="bråk")  # one goes, one comes: the cell's figure stays


CAUSED = {  # cell: (n in A, n in B, suppressed in A, in B, {cause: its part})
    ("2026-01", "1881-centrum", "PHY", "staff"): (3, 4, 0, 0, {"late": 1}),
    ("2026-03", "1881-centrum", "PHY", "staff"): (0, 1, 0, 0, {"new": 1}),
    ("2026-01", "1881-centrum", "NOI", "housing"): (4, 1, 0, 0, {"corrected": -1, "withdrawn": -1, "unfounded": -1}),
    ("2026-02", "1881-centrum", "NOI", "housing"): (0, 1, 0, 0, {"corrected": 1}),
    ("2026-01", "1881", "CON", "social"): (7, 12, 0, 0, {"corrected": 5}),
    ("2026-02", "1881", "CON", "social"): (0, 9, 1, 0, {"corrected": 9}),
    ("2026-02", "1881-centrum", "FIR.UNK", "rescue"): (2, 1, 0, 0, {"rejected": -1})}
MAPPED = {
    ("2026-01", "1881-centrum", "PHY", "staff"): (4, 0, 0, 0, {"mapping": -4}),
    ("2026-01", "1881-centrum", "GAT", "staff"): (0, 4, 0, 0, {"mapping": 4}),
    ("2026-01", "1881-kumlaby", "PHY", "staff"): (1, 0, 0, 0, {"mapping": -1}),
    ("2026-01", "1881", "GAT", "staff"): (0, 1, 0, 0, {"mapping": 1}),
    ("2026-03", "1881-centrum", "PHY", "staff"): (1, 0, 0, 0, {"mapping": -1}),
    ("2026-03", "1881-centrum", "GAT", "staff"): (0, 1, 0, 0, {"mapping": 1}),
    ("2026-02", "1881-centrum", "ORD.PUB", "rescue"): (1, 0, 0, 0, {"mapping": -1})}


def run(i, *args, status=1):
    done = i.run("lagesbild", "diff", *args, check=False)
    if done.returncode != status:
        raise AssertionError(f"diff {args} exited {done.returncode}, not {status}\n{done.stdout}\n{done.stderr}")
    return done.stdout if status < 2 else done.stderr


def compare(i, a, b, *args, status=1):
    """The JSON, after checks that hold for any two builds."""
    told_json = json.loads(run(i, a, b, "--json", "--incidents", *args, status=status))
    found = {}
    for row in told_json["differences"]:
        key = (row["month"], row["area"], row["category"], row["source"])
        found[key] = row["n_a"], row["n_b"], row["n_suppressed_a"], row["n_suppressed_b"]
        for what, whole in (("difference", row["n_b"] - row["n_a"]), ("difference_suppressed", row["n_suppressed_b"] - row["n_suppressed_a"])):
            check(f"{a} {b} {key}: the causes' {what}", sum(c[what] for c in row["causes"]), whole)
            check(f"{a} {b} {key}: the incidents' {what}", sum(c[what] for c in row["incidents"]), whole)
        check(f"{key}: unexplained", [c for c in row["causes"] if c["cause"] == "unexplained"], [])
    check(f"{a} {b}: cells named", told_json["cells"], len(found))
    for cause in told_json["causes"]:
        check(f"{a} {b}: summary of {cause['cause']}", (cause["difference"], cause["difference_suppressed"]),
              tuple(sum(c[what] for row in told_json["differences"] for c in row["causes"] if c["cause"] == cause["cause"])
                    for what in ("difference", "difference_suppressed")))
    if not args:
        one, other = cells(i, a), cells(i, b)
        check(f"{a} {b}: the cells that differ", found, {
            k: (*[side.get(k, (0, 0))[0] for side in (one, other)], *[side.get(k, (0, 0))[1] for side in (one, other)])
            for k in one.keys() | other.keys() if one.get(k, (0, 0)) != other.get(k, (0, 0))})
        check(f"{a} {b}: sums", (told_json["n_a"], told_json["n_b"]), tuple(sum(n for n, _ in s.values()) for s in (one, other)))
    return told_json


def as_meant(told_json):
    return {(r["month"], r["area"], r["category"], r["source"]): (
        r["n_a"], r["n_b"], r["n_suppressed_a"], r["n_suppressed_b"], {c["cause"]: c["difference"] for c in r["causes"]}) for r in told_json["differences"]}


def check_causes(i):
    answer = compare(i, "live", "ny")
    check("each cause", as_meant(answer), CAUSED)
    check("one went, one came", answer["cells_of_other_incidents"], 1)
    check("the other way round", as_meant(compare(i, "ny", "live")), {
        k: (b, a, hid_b, hid_a, {c: -n for c, n in causes.items()}) for k, (a, b, hid_a, hid_b, causes) in CAUSED.items()})
    behind = {c["cause"]: c["id"] for r in answer["differences"] for c in r["incidents"] if (r["month"], r["category"]) == ("2026-01", "NOI")}
    check("the incidents behind a cell", behind, {cause: identity("housing", name) for cause, name in
                                                  (("corrected", "h0"), ("withdrawn", "h1"), ("unfounded", "h2"))})


def check_forms(i):
    text = run(i, "live", "ny", "--limit", "2")
    for part in ("live → ny: 7 celler skiljer; summa 18 → 31 (+13)", "1 celler har lika tal men inte samma händelser bakom dem", "sena (late)",
                 "återtagna (withdrawn)", "CON Oro", "corrected +9 (-1×<5)", "0+1×<5", "… och 5 till (--limit, --csv)"):
        check(f"the table says {part}", part in text, True)
    if os.environ.get("DIFF_SHOW"):
        print(text)
    check("ids in the table", identity("staff", "late") in run(i, "live", "ny", "--incidents"), True)
    rows = list(csv.DictReader(io.StringIO(run(i, "live", "ny", "--csv"))))
    check("CSV", {(r["month"], r["area"], r["category"], r["source"]): (
        int(r["n_a"]), int(r["n_b"]), int(r["suppressed_a"]), int(r["suppressed_b"]),
        {c: int(r[c]) for c in ("new", "late", "corrected", "withdrawn", "rejected", "unfounded", "mapping", "unexplained") if r[c] != "0"}) for r in rows}, CAUSED)
    check("no ids unless asked for", "incidents" in rows[0], False)
    rows = list(csv.DictReader(io.StringIO(run(i, "live", "ny", "--csv", "--incidents", "--source", "rescue"))))
    check("CSV with ids", [r["incidents"] for r in rows], [f"rejected:{identity('rescue', 'r0')}"])


def check_full_disk(i):
    with open("/dev/full", "wb") as full:
        for form in ("--csv", "--json", "--incidents"):
            done = subprocess.run([i.program("lagesbild"), "diff", "live", "ny", form], env=i.env, stdout=full, stderr=subprocess.PIPE, check=False)
            check(f"a full disk, {form}", (done.returncode, b"cannot write" in done.stderr), (2, True))


def check_filters(i):
    check("months", set(as_meant(compare(i, "live", "ny", "--from", "2026-02", "--to", "2026-02"))), {k for k in CAUSED if k[0] == "2026-02"})
    check("a source", set(as_meant(compare(i, "live", "ny", "--source", "social"))), {k for k in CAUSED if k[3] == "social"})
    check("an area and all below", set(as_meant(compare(i, "live", "ny", "--area", "1881-stad"))), {k for k in CAUSED if k[1] == "1881-centrum"})
    check("nothing there", compare(i, "live", "ny", "--area", "1881-ekeby", status=0)["cells"], 0)
    for args, part in ((("live", "nej"), "no build"), (("live", "ny", "--area", "9x"), "has an area"), (("live", "ny", "--source", "x"), "no source"),
                       (("live",), "two builds"), (("live", "ny", "--from", "2026-13"), "no month"), (("live", "ny", "--json", "--csv"), "either")):
        check(f"refused: {args}", part in run(i, *args, status=2), True)


SINCE = {**CAUSED,  # by the change log: a reject there is a correction
         ("2026-02", "1881-centrum", "FIR.UNK", "rescue"): (2, 1, 0, 0, {"corrected": -1}),
         ("2026-02", "1881", "CON", "social"): (0, 9, 1, 0, {"corrected": 9, "small-count": 0})}


def figures(i, edition):
    rows = i.psql(f"""SELECT to_char(month, 'YYYY-MM'), area, category, source, n, n_suppressed FROM lagesbild.edition_cell
        WHERE edition = {edition} AND (n <> 0 OR n_suppressed <> 0)""")
    return {tuple(row[:4]): (int(row[4]), int(row[5])) for row in rows}


def editions_before(i):
    for period in ("2026-01/2026-03", "2026-02"):
        i.run("lagesbild", "publish", period, "--draft")
    check("an edition of what is shown", "inga celler skiljer" in run(i, "edition:1", "live", status=0), True)


def editions_after(i):
    """The first edition against what is shown, later and otherwise; each cell's causes add up."""
    answer = json.loads(run(i, "edition:1", "live", "--json"))
    check("since an edition", as_meant(answer), SINCE)
    check("its name", (answer["a"], answer["b"]), ("edition:1", "live"))
    one, other = figures(i, 1), {k: v for k, v in cells(i, "live").items() if "2026-01" <= k[0] <= "2026-03"}
    check("the cells that differ", {k: v[:4] for k, v in as_meant(answer).items()}, {
        k: (*[side.get(k, (0, 0))[0] for side in (one, other)], *[side.get(k, (0, 0))[1] for side in (one, other)])
        for k in one.keys() | other.keys() if one.get(k, (0, 0)) != other.get(k, (0, 0))})
    check("the other way round", as_meant(json.loads(run(i, "live", "edition:1", "--json"))), {
        k: (b, a, hid_b, hid_a, {c: -n for c, n in causes.items()}) for k, (a, b, hid_a, hid_b, causes) in SINCE.items()})
    i.run("lagesbild", "publish", "2026-02/2026-03", "--draft")
    check("two editions, in the months of both", as_meant(json.loads(run(i, "edition:1", "edition:3", "--json"))),
          {k: v for k, v in SINCE.items() if k[0] != "2026-01"})
    check("its period", {k[0] for k in as_meant(json.loads(run(i, "edition:2", "live", "--json")))}, {"2026-02"})
    check("and before", {k[0] for k in as_meant(json.loads(run(i, "edition:2", "live", "--json", "--from", "2025-12")))}, {"2026-01", "2026-02"})
    check("an area in it", {k[1] for k in as_meant(json.loads(run(i, "edition:1", "live", "--json", "--area", "1881-centrum")))}, {"1881-centrum"})
    rows = list(csv.DictReader(io.StringIO(run(i, "edition:1", "live", "--csv"))))
    check("CSV", {(r["month"], r["area"], r["category"], r["source"]): int(r["difference"]) for r in rows}, {k: v[1] - v[0] for k, v in SINCE.items()})
    check("the table", "edition:1 → live: 7 celler" in run(i, "edition:1", "live"), True)
    causes = {c["cause"] for c in json.loads(run(i, "edition:1", "ny", "--json"))["causes"]}
    check("against another build nothing explains it", causes, {"unexplained"})
    for args, part in ((("edition:9", "live"), "no edition 9"), (("edition:x", "live"), "edition:N"), (("edition:1", "live", "--incidents"), "not the incidents"),
                       (("edition:1", "live", "--area", "18"), "not of 18"), (("edition:2", "live", "--from", "2026-05"), "none")):
        check(f"refused: {args}", part in run(i, *args, status=2), True)


def publish_random(w, rng):
    """Anything to anything: new, again, corrected, moved, withdrawn, unfounded, early and late."""
    for _ in range(400):
        source = rng.choice(sorted(TYPES))
        day = f"2026-0{rng.randint(1, 3)}-{rng.randint(1, 28):02}"
        fields = {"operation": "withdraw"} if rng.random() < 0.2 else {
            "source_type": rng.choice([*TYPES[source], "unknown"]), "area": rng.choice(AREAS), "count": rng.randint(1, 3),
            "verified": rng.choice(["reported", "reported", "unfounded"]), "countable": rng.choice(["incident"] * 4 + ["activity"])}
        w.write(source, f"x{rng.randint(1, 150)}", day, f"2026-0{rng.randint(3, 5)}-{rng.randint(1, 28):02}", **fields)


def main():
    rng = random.Random(SEED)
    with Installation("diff", setup=False) as i:
        prepare(i)
        make(i, "annan", "r", OTHER_RULES)
        w = Writer(i)
        publish_first(w)
        feed(i, "live", "ny")
        told(i, w, "live", "ny")
        check("equal builds", "inga celler skiljer; summa 18" in run(i, "live", "ny", status=0), True)
        check("equal builds, JSON", compare(i, "live", "ny", status=0)["causes"], [])
        editions_before(i)
        i.stop("aggregator-live")
        publish_changes(w)
        feed(i, "annan")
        told(i, w, "ny", "annan")
        check_causes(i)
        check_forms(i)
        check_filters(i)
        check_full_disk(i)
        check("other rules", as_meant(compare(i, "ny", "annan")), MAPPED)
        compare(i, "live", "annan")
        feed(i, "live")
        told(i, w, "live")
        editions_after(i)
        i.stop("aggregator-live")
        publish_random(w, rng)
        told(i, w, "ny", "annan")
        for a, b in (("live", "ny"), ("ny", "annan"), ("annan", "live")):
            answer = compare(i, a, b)
            check(f"{a} {b}: much differs", answer["cells"] > 20, True)
        check_unexplained(i)
    if wrong:
        print(f"DIFF_SEED={SEED}\n" + "\n".join(wrong), file=sys.stderr)
        sys.exit(1)


def check_unexplained(i):
    """A cell that its ledger does not give must not look explained."""
    i.psql("UPDATE lagesbild_store.cell SET n = n + 2 WHERE build = 2 AND n = (SELECT max(n) FROM lagesbild_store.cell WHERE build = 2)")
    causes = {c["cause"]: c["difference"] for c in json.loads(run(i, "live", "ny", "--json"))["causes"]}
    check("figures that no ledger gives", (causes.get("unexplained") or 0) % 2 == 0 and (causes.get("unexplained") or 0) > 0, True)


if __name__ == "__main__":
    main()
