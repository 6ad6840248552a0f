"""lagesbild export: what is written is what the tables keep, in every format; equal builds give equal bytes; a file is there when it is whole.
JSON-stat is checked by a reader made from the specification (https://json-stat.org/full/), and by what "missing is not zero" means."""
import csv
import io
import itertools
import json
import os
import signal
import subprocess
import sys

from installation import Installation, wait_for
from incidents import EPOCH, Writer
from twin import cells, feed, prepare, told

os.environ.setdefault("LAGESBILD_REPLICATION", "1")
CELL_COLUMNS = ["month", "municipality", "area", "area_name", "category", "category_name", "source", "source_name", "n", "n_suppressed"]
INCIDENT_COLUMNS = ["id", "month", "area", "category", "source", "state", "n", "occurred_from", "revision", "received_at", "origin_partition", "origin_offset"]
wrong = []


def check(what, actual, expected):
    if actual != expected:
        wrong.append(f"{what}\n  is       {actual}\n  expected {expected}")


def export(i, *args, status=0):
    """What is written to standard output, as bytes; a refusal's sentence as text."""
    done = subprocess.run([i.program("lagesbild"), "export", *args], env=i.env, capture_output=True, timeout=120, check=False)
    if done.returncode != status:
        raise AssertionError(f"export {args} exited {done.returncode}, not {status}\n{done.stdout[-2000:]}\n{done.stderr.decode()}")
    return done.stderr.decode() if status else done.stdout


def publish(w):
    def social(month, count):
        w.write("social", month, f"{month}-01", f"{month}-28", source_type="oro", time_precision="month", area=None, count=count, suppressed=count is None)

    for month, count in (("2026-01", 7), ("2026-02", None), ("2026-03", 0)):
        social(month, count)
    for n in range(3):
        w.write("staff", f"s{n}", f"2026-01-0{n + 1}", source_type="skrap", time_precision="minute")
    w.write("staff", "inget", "2026-02-09", source_type="inget", countable="info")
    w.write("staff", "utflykt", "2026-01-30", source_type="skrap", countable="activity")
    w.write("staff", "april", "2026-04-03", source_type="skrap")
    w.write("housing", "h0", "2026-01-10", source_type="stord")
    w.write("housing", "h1", "2026-01-11", source_type="stord", verified="unfounded")
    w.write("housing", "h2", "2026-03-12", source_type="stord", area="1881-ekeby")
    w.write("housing", "h3", "2026-03-13", source_type="stord")
    w.write("housing", "h3", "2026-03-13", "2026-03-14", operation="withdraw")
    w.write("rescue", "r0", "2026-01-20", source_type="brand")  # before the pack's month: part of a month at most
    w.write("rescue", "r1", "2026-02-20", source_type="bråk", area=None, municipality="0180")
    w.write("rescue", "r2", "2026-02-21", source_type="brand")
    w.write("rescue", "r2", "2026-02-21", operation="reject", reason="bad-value", detail="mended",
            origin={"topic": f"{w.i.prefix}feed.rescue", "partition": 0, "epoch": EPOCH + 1, "offset": 2, "sequence": 1})
    w.sequence["rescue"] -= 1
    w.write("staff", "today", "2026-04-10", source_type="skrap")


def table(data, **options):
    return list(csv.reader(io.StringIO(data.decode(options.pop("encoding", "utf-8")), newline=""), strict=True, **options))


def check_cells(i):
    rows = table(export(i, "cells"))
    check("columns", rows[0], CELL_COLUMNS)
    told_cells = {(r[0], r[2], r[4], r[6]): (r[8], int(r[9])) for r in rows[1:]}
    expected = {k: ("" if n == 0 else str(n), hid) for k, (n, hid) in cells(i, "live").items()}
    expected["2026-03", "1881", "CON", "social"] = ("0", 0)  # delivered as 0
    check("cells", told_cells, expected)
    check("in an order of codes", rows[1:], sorted(rows[1:], key=lambda r: (r[0], r[2], r[4], r[6])))
    check("names beside codes", {r[3] for r in rows[1:]} >= {"Kumla", "Centrum", "Stockholm"}, True)
    data = export(i, "cells", "--format", "csv-excel")
    check("Excel's mark", data[:3], b"\xef\xbb\xbf")
    excel = table(data, encoding="utf-8-sig", delimiter=";")
    check("Excel's table", excel, [[f'="{x}"' if x.startswith("0") and len(x) > 1 else x for x in row] for row in rows])
    check("a code that a spreadsheet would spoil is in it", any('="0180"' in row for row in excel), True)
    lines = [json.loads(line) for line in export(i, "cells", "--format", "ndjson").splitlines()]
    check("NDJSON", [[("" if v is None else str(v)) for v in line.values()] for line in lines], rows[1:])
    check("NDJSON's names", {tuple(line) for line in lines}, {tuple(CELL_COLUMNS)})


def check_filters(i):
    every = table(export(i, "cells"))[1:]
    for args, column, keep in ((("--from", "2026-02", "--to", "2026-03"), 0, {"2026-02", "2026-03"}), (("--area", "1881-stad"), 2, {"1881-centrum"}),
                               (("--category", "FIR"), 4, {"FIR.UNK"}), (("--source", "social"), 6, {"social"})):
        check(f"cells {args}", table(export(i, "cells", *args))[1:], [r for r in every if r[column] in keep])
    check("incidents of a month", {r[1] for r in table(export(i, "incidents", "--from", "2026-03", "--to", "2026-03"))[1:]}, {"2026-03"})
    check("incidents of a source", {r[4] for r in table(export(i, "incidents", "--source", "staff"))[1:]}, {"staff"})
    check("nothing there has a head all the same", table(export(i, "cells", "--from", "2030-01")), [CELL_COLUMNS])
    for args, part in ((("cells", "--area", "9x"), "no area"), (("cells", "--category", "9x"), "no category"), (("cells", "--source", "x"), "no source"),
                       (("cells", "--build", "x"), "no build"), (("cells", "--format", "xlsx"), "no format"), (("cells", "--to"), "incomplete"),
                       (("incidents", "--format", "json-stat"), "for cells"), ((), "say what"), (("cells", "--from", "2026-02", "--to", "2026-01"), "after"),
                       (("cells", "--format", "json-stat", "--from", "2030-01"), "no cell")):
        check(f"refused: {args}", part in export(i, *args, status=2), True)


def check_incidents(i):
    rows = table(export(i, "incidents"))
    check("columns", rows[0], INCIDENT_COLUMNS)
    check("the whole ledger, by id", [r[0] for r in rows[1:]], [
        r[0] for r in i.psql("SELECT replace(id::text, '-', '') FROM lagesbild_store.ledger WHERE build = 1 ORDER BY id")])
    states = {}
    for r in rows[1:]:
        states.setdefault(r[5], []).append(r)
    check("states", {k: len(v) for k, v in states.items()},
          {"counted": 11, "suppressed": 1, "activity": 1, "info": 1, "unfounded": 1, "withdrawn": 1, "rejected": 1})
    check("what is out names no cell", [r[1:5] + r[6:8] for r in states["withdrawn"] + states["rejected"]], [[""] * 6] * 2)
    check("a withheld count", [(r[1], r[3], r[6]) for r in states["suppressed"]], [("2026-02", "CON", "")])
    row = next(r for r in states["counted"] if r[4] == "rescue" and r[2] == "1881-centrum")
    check("a row", row[1:], ["2026-01", "1881-centrum", "FIR.UNK", "rescue", "counted", "1", "2026-01-20T11:00:00.000Z", "2026-01-20T10:59:59.000001Z",
                             "2026-01-20T11:00:00.000Z", "0", "0"])
    lines = [json.loads(line) for line in export(i, "incidents", "--format", "ndjson").splitlines()]
    check("NDJSON", [[("" if v is None else str(v)) for v in line.values()] for line in lines], rows[1:])


def check_stat_form(stat):
    """What the specification asks of a data set, version 2.0."""
    for name, kind in (("version", str), ("class", str), ("id", list), ("size", list), ("dimension", dict), ("value", list)):
        check(f"JSON-stat: {name} is a {kind.__name__}", isinstance(stat[name], kind), True)
    check("version, class", (stat["version"], stat["class"]), ("2.0", "dataset"))
    check("a size for each id", len(stat["id"]), len(stat["size"]))
    check("dimensions are the ids", set(stat["dimension"]), set(stat["id"]))
    places = 1
    for name, size in zip(stat["id"], stat["size"]):
        category = stat["dimension"][name]["category"]
        index, label = category["index"], category["label"]
        check(f"{name}: size, distinct codes", (len(index), len(set(index))), (size, size))
        check(f"{name}: a label for each code", set(label), set(index))
        check(f"{name}: labels are texts", {type(x) for x in label.values()} | {type(x) for x in index}, {str})
        places *= size
    check("a value for each place", len(stat["value"]), places)
    check("values are numbers or null", {type(v) for v in stat["value"]} <= {int, float, type(None)}, True)
    check("status by place", all(k.isdigit() and int(k) < places and isinstance(v, str) for k, v in stat["status"].items()), True)
    check("roles name dimensions", set(itertools.chain(*stat["role"].values())) <= set(stat["id"]), True)
    check("null has a status", [n for n, v in enumerate(stat["value"]) if v is None and str(n) not in stat["status"]], [])


def check_stat(i):
    stat = json.loads(export(i, "cells", "--format", "json-stat"))
    check_stat_form(stat)
    check("ids", stat["id"], ["time", "area", "category", "source"])
    codes = [stat["dimension"][name]["category"]["index"] for name in stat["id"]]
    values = {place: (stat["value"][n], stat["status"].get(str(n))) for n, place in enumerate(itertools.product(*codes))}
    for place, (n, _) in cells(i, "live").items():
        check(f"JSON-stat {place}", values[place][0], n or None)
    check("their sum", sum(v or 0 for v, _ in values.values()), sum(n for n, _ in cells(i, "live").values()))
    for place, expected in {
            ("2026-02", "1881", "CON", "social"): (None, "<5"), ("2026-03", "1881", "CON", "social"): (0, None),
            ("2026-02", "1881-centrum", "PHY", "staff"): (0, None),  # nothing to report
            ("2026-03", "1881-centrum", "PHY", "staff"): (None, ".."),  # missing
            ("2026-04", "1881-centrum", "PHY", "staff"): (2, "p"), ("2026-04", "1881-centrum", "NOI", "housing"): (None, ".."),  # filling
            ("2026-02", "1881-centrum", "NOI", "housing"): (None, ".."), ("2026-03", "1881-centrum", "NOI", "housing"): (0, None),
            ("2026-01", "1881-centrum", "FIR.UNK", "rescue"): (1, "≥"), ("2026-01", "1881-ekeby", "FIR.UNK", "rescue"): (None, ".."),
            ("2026-02", "0180", "ORD.PUB", "rescue"): (1, None), ("2026-02", "0180", "NOI", "housing"): (None, "..")}.items():
        check(f"JSON-stat {place}", values[place], expected)
    check("Swedish labels", [stat["dimension"][d]["category"]["label"][c] for d, c in
                             (("time", "2026-01"), ("area", "1881-centrum"), ("category", "NOI"))][:2], ["januari 2026", "Centrum"])
    part = json.loads(export(i, "cells", "--format", "json-stat", "--source", "social", "--from", "2025-12", "--to", "2026-01"))
    check_stat_form(part)
    check("months asked for are there without a cell", (part["size"], part["value"], part["status"]), ([2, 1, 1, 1], [None, 7], {"0": ".."}))


def check_equal(i):
    for args in (("cells",), ("cells", "--format", "csv-excel"), ("cells", "--format", "ndjson"), ("cells", "--format", "json-stat"), ("incidents",),
                 ("incidents", "--format", "ndjson")):
        one, other = (export(i, *args, "--build", build) for build in ("live", "ny"))
        check(f"equal builds give equal bytes: {args}", (one == other, len(one) > 500), (True, True))


def check_file(i):
    path, part = os.path.join(i.dir, "out.csv"), os.path.join(i.dir, "out.csv.part")
    whole = export(i, "incidents")
    done = i.run("lagesbild", "export", "incidents", "--output", path, env={"LAGESBILD_CRASH": "exported"}, check=False)
    check("killed before the end", (done.returncode, os.path.exists(path), os.path.exists(part)), (-signal.SIGKILL, False, True))
    with open(part, "ab") as f:
        f.write(b"rest of a longer run\n" * 1000)
    export(i, "incidents", "--output", path)
    with open(path, "rb") as f:
        check("the second run's file", f.read() == whole, True)
    check("nothing is left over", os.path.exists(part), False)
    check("read by its owner only", oct(os.stat(path).st_mode & 0o777), "0o600")
    done = i.run("lagesbild", "export", "cells", "--output", path, "--source", "x", check=False)
    with open(path, "rb") as f:
        check("a refusal leaves the old file", (done.returncode, f.read() == whole), (2, True))
    check("no such folder", "cannot write" in export(i, "cells", "--output", os.path.join(i.dir, "no", "x"), status=2), True)
    with open("/dev/full", "wb") as full:
        done = subprocess.run([i.program("lagesbild"), "export", "incidents"], env=i.env, stdout=full, stderr=subprocess.PIPE, check=False)
    check("a full disk", (done.returncode, b"cannot write" in done.stderr), (2, True))


def check_locked(i):
    path = os.path.join(i.dir, "twice.csv")
    held = subprocess.Popen(["flock", path + ".part", "sh", "-c", "echo held; exec cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    held.stdout.readline()
    check("a second export to the same file", "under way" in export(i, "cells", "--output", path, status=2), True)
    check("leaves the first one's file alone", os.path.exists(path + ".part"), True)
    held.communicate()


def check_role(i):
    """The operator's role reads and owns nothing: that is enough."""
    whole = export(i, "incidents"), export(i, "cells", "--format", "json-stat")
    i.psql(f'ALTER DATABASE "{i.name}" SET role = lagesbild_operator')
    check("who asks", i.value("SELECT current_user"), "lagesbild_operator")
    check("exports of the operator's role", (export(i, "incidents"), export(i, "cells", "--format", "json-stat")) == whole, True)
    check("diff of the operator's role", i.run("lagesbild", "diff", "live", "ny").stdout.startswith("live → ny: inga celler skiljer"), True)
    i.psql_admin(f'ALTER DATABASE "{i.name}" RESET role')


def check_interrupted(i):
    """Asked to stop while the database is at work: the statement is ended there too, and nothing is left."""
    path = os.path.join(i.dir, "interrupted.csv")
    with subprocess.Popen(["psql", "-qXAt"], env=i.env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        holder.stdin.write("BEGIN; LOCK TABLE lagesbild_store.ledger_1; SELECT 'held';\n")
        holder.stdin.flush()
        holder.stdout.readline()
        i.start("export", "lagesbild", "export", "incidents", "--output", path)
        waits = "FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'lagesbild'"
        wait_for("the export waits", lambda: i.value(f"SELECT count(*) {waits} AND wait_event_type = 'Lock'") == "1")
        check("asked to stop", i.stop("export", check=False, seconds=5), 2)
        wait_for("its statement is ended", lambda: i.value(f"SELECT count(*) {waits}") == "0")
        holder.stdin.close()
    check("says so", "interrupted" in i.log("export"), True)
    check("leaves nothing", (os.path.exists(path), os.path.exists(path + ".part")), (False, False))


def main():
    with Installation("export", setup=False) as i:
        prepare(i)
        w = Writer(i)
        publish(w)
        feed(i, "live", "ny")
        told(i, w, "live", "ny")
        for look in (check_cells, check_filters, check_incidents, check_stat, check_equal, check_file, check_locked, check_role, check_interrupted):
            look(i)
    if wrong:
        print("\n".join(wrong), file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
