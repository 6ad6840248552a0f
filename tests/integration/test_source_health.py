"""View source_health: what came in the last seven days, what is usual, how late, what is unknown, who is silent; and that status says so."""
import datetime
import json
import os
import shutil
from zoneinfo import ZoneInfo

import builds
from equal import check_rebuilt
from faults import AGGREGATOR, NORMALIZER, crash, say
from incidents import Writer
from installation import Installation, wait_for

MONTHS = "januari februari mars april maj juni juli augusti september oktober november december".split()
COLUMNS = "received_7d, usual_7d, lag_p50, lag_p90, unmapped_7d, without_area_7d, silent"
DAY_MS = 86_400_000


def notice(number, hours_ago, kind="Skadegörelse", place="Kumla"):
    now = datetime.datetime.now(ZoneInfo("Europe/Stockholm"))
    at = now - datetime.timedelta(hours=hours_ago)
    return json.dumps({"id": number, "datetime": now.isoformat(sep=" ", timespec="seconds"),
                       "name": f"{at.day} {MONTHS[at.month - 1]} {at:%H.%M}, {kind}, {place}", "type": kind, "location": {"name": place}}).encode()


def send(i, events):
    for number, event in enumerate(events, 1):
        i.produce(notice(number, *event), key=str(number))


def health(i):
    return i.psql(f"SELECT {COLUMNS} FROM lagesbild.source_health WHERE source = 'press'")[0]


def expect(i, **columns):
    got = dict(zip(COLUMNS.split(", "), health(i)))
    for name, value in columns.items():
        assert got[name] == value, f"{name}: {got[name]!r}, not {value!r}: {got}"
    return got


def status(i):
    done = i.run("lagesbild", "status", "--json")
    return {s["source"]: s for s in json.loads(done.stdout)["sources"]}["press"], i.run("lagesbild", "status").stdout


def silent_in(text):
    return [line.split()[0] for line in text.splitlines() if line.endswith("SILENT")]


def the_week_is_counted(i):
    expect(i, received_7d="0", usual_7d="", lag_p50="", unmapped_7d="0", silent="t")  # connected since 2023, and never heard of
    send(i, [(0.5,), (1.5,), (1.6,), (3,), (5, "Ufo"), (20, "Ufo"), (30, "Skadegörelse", "Örebro län"), (100,)])
    i.produce(notice(1, 0.5), key="1")  # again: received, and a duplicate
    i.produce(b"{", key="9")
    i.verify()
    got = expect(i, received_7d="9", usual_7d="", unmapped_7d="2", without_area_7d="1", silent="f")
    # 0.5 0.5 | 1.5 1.6 | 3 | 5 | 20 | 30 | 100 hours: the fifth of nine came within 4 h, the ninth within 168.
    assert (got["lag_p50"], got["lag_p90"]) == ("04:00:00", "168:00:00"), got
    shown, text = status(i)
    assert (shown["received_7d"], shown["usual_7d"], shown["lag_p50_hours"], shown["silent"]) == (9, None, 4, False), shown
    assert "press" not in silent_in(text) and "staff" in silent_in(text), text
    say(f"  a week: {got}")


def the_usual_week_is_the_mean_of_the_eight_before(i):
    today = int(i.value("SELECT lagesbild_store.today() - date '1970-01-01'"))
    rows = ", ".join(f"({day}, 1, 0, 2)" for day in range(today - 62, today - 6))
    i.psql(f"INSERT INTO lagesbild_store.intake (day, source, measure, n) VALUES {rows}, ({today - 63}, 1, 0, 1000)")
    expect(i, received_7d="9", usual_7d="14.0", silent="f")
    i.psql(f"DELETE FROM lagesbild_store.intake WHERE day < {today - 20}")  # two weeks reach back
    expect(i, received_7d="9", usual_7d="14.0")
    i.psql(f"DELETE FROM lagesbild_store.intake WHERE day < {today - 12}")
    expect(i, usual_7d="")


def a_source_that_stops_is_named(i):
    for days, usual, silent in ((6, 14, "f"), (8, 14, "t"), (8, 1, "f"), (22, 1, "t")):
        now_ms = int(i.value("SELECT (extract(epoch FROM now()) * 1000)::bigint"))
        today = now_ms // DAY_MS
        i.psql("DELETE FROM lagesbild_store.intake")
        i.psql(f"UPDATE lagesbild_store.chain SET last_at = {now_ms - days * DAY_MS - 3_600_000}")
        i.psql(f"INSERT INTO lagesbild_store.intake (day, source, measure, n) VALUES ({today - 62}, 1, 0, {8 * usual})")
        expect(i, received_7d="0", silent=silent)
    shown, text = status(i)
    assert shown["silent"] is True, shown
    assert "press" in silent_in(text), text
    say("  a silent source is named by status")


def who_may_look(i):
    for role in ("lagesbild_council", "lagesbild_operator"):
        assert len(i.psql(f"SET ROLE {role}; SELECT * FROM lagesbild.source_health")) >= 1, role
    try:
        i.psql("SET ROLE lagesbild_public; SELECT * FROM lagesbild.source_health")
    except RuntimeError as e:
        assert "permission denied" in str(e), e
    else:
        raise AssertionError("the public may read source_health")


# ---- a period's figures: who reported, what came late ----

def quality(i, period, source="staff"):
    answer = json.loads(i.value(f"SELECT lagesbild.api_quality(ARRAY['staff', 'police', 'press'], '{{\"period\": \"{period}\"}}')"))
    return next(s for s in answer["sources"] if s["source"] == source)


def units(i, period):
    u = quality(i, period)["units"]
    return u and (u["active"], u["of"], sorted(x["unit"] for x in u["units"] if x["months"]))


def reporters(i):
    return sorted(map(tuple, i.psql("SELECT s.name, to_char(lagesbild_store.month_date(month), 'YYYY-MM'), unit FROM lagesbild_store.reporter r "
                                    "JOIN lagesbild_store.source s ON s.id = r.source")))


def march(w):
    """What the units reported about March 2026, and what became of it."""
    klotter = {"source_type": "klotter"}
    for n in range(8):
        w.write("staff", f"k{n}", "2026-03-10", **klotter, unit="fritid")
    w.write("staff", "strange", "2026-03-10", source_type="ufo", unit="skola")
    w.write("staff", "nowhere", "2026-03-11", **klotter, area=None, geo_precision="municipality")  # no unit named
    w.write("staff", "silent", "2026-03-15", source_type="inget", countable="info", unit="vaktare")
    w.write("staff", "mistake", "2026-03-12", **klotter, unit="gata-park")
    w.write("staff", "mistake", "2026-03-12", "2026-03-20", operation="withdraw")
    w.write("staff", "moved", "2026-03-02", **klotter, unit="parkering")
    w.write("staff", "moved", "2026-02-27", "2026-03-21", **klotter, unit="parkering")
    w.write("staff", "in time", "2026-03-30", "2026-04-03", **klotter, unit="fritid")  # the month is not complete before the 7th
    w.write("staff", "late", "2026-03-10", "2026-04-20", **klotter, unit="fritid")
    for n in range(3):
        w.write("staff", f"h{n}", "2025-12-10", "2026-03-20", **klotter, unit="skola", backfill=True)
    w.write("police", "p", "2026-03-10", source_type="5601")


MARCH = sorted([("staff", "2026-03", u) for u in ("fritid", "skola", "vaktare", "gata-park", "parkering")] +
               [("staff", "2026-02", "parkering"), ("staff", "2025-12", "skola")])


def the_units_are_a_set(i, w):
    """Whatever the aggregator goes through: the units that the log names, each once a month."""
    march(w)
    crash(i, AGGREGATOR, AGGREGATOR, "before-commit")
    assert reporters(i) == [], "written without the position"
    crash(i, AGGREGATOR, AGGREGATOR, "after-commit")
    i.start(AGGREGATOR)
    w.told()
    assert reporters(i) == MARCH, reporters(i)
    i.stop(AGGREGATOR)
    check_rebuilt(i)
    builds.make(i, "next")
    i.psql("DELETE FROM lagesbild_store.reporter WHERE unit = 'vaktare'")
    i.start(AGGREGATOR, env=builds.PARENT)
    wait_for("the other build has read everything", lambda: builds.behind(i, "next") == 0)
    i.stop(AGGREGATOR)
    assert reporters(i) == MARCH, "what another build reads first is in no set once it is the current one"
    i.run("lagesbild", "drop", "next", "--yes")


def who_reported(i):
    assert units(i, "2026-03") == (5, 8, ["fritid", "gata-park", "parkering", "skola", "vaktare"])
    assert units(i, "2026-02") == (1, 8, ["parkering"]) and units(i, "2026T1")[:2] == (5, 8)
    assert units(i, "2025-11") is None, "before the first that was ever named nothing is known"
    assert quality(i, "2026-03", "police")["units"] is None
    last = {u["unit"]: u["last"] for u in quality(i, "2026-03")["units"]["units"]}
    assert last["fritid"] == "2026-03" and last["bibliotek-bad"] is None, last
    summary = json.loads(i.value("SELECT lagesbild.api_summary(ARRAY['staff', 'police'], '{\"period\": \"2026-03\"}')"))["sources"]
    assert {s["source"]: s["units"] for s in summary} == {"staff": {"active": 5, "of": 8}, "police": None}, summary
    # The list changes: one that is added was not awaited before, one that is gone has reported nevertheless.
    pack = os.path.join(i.dir, "pack")
    shutil.copytree(i.env["LAGESBILD_PACK"], pack)
    path = os.path.join(pack, "units.csv")
    with open(path, encoding="utf-8") as f:
        text = "".join(line for line in f if not line.startswith("skola,"))
    with open(path, "w", encoding="utf-8") as f:
        f.write(text + "simhall,Simhallen,Swimming hall\n")
    i.run("lagesbild", "setup", env={"LAGESBILD_PACK": pack})
    assert units(i, "2026-03")[:2] == (5, 8) and units(i, "2026-02")[:2] == (1, 7), (units(i, "2026-03"), units(i, "2026-02"))
    month = i.value("SELECT to_char(lagesbild_store.today(), 'YYYY-MM')")
    assert units(i, month)[:2] == (0, 8), units(i, month)
    i.run("lagesbild", "setup")
    # An installation whose log was read before there was a set.
    i.psql("INSERT INTO lagesbild_store.setting VALUES ('units_from', '2026-03-01')")
    assert units(i, "2026-02") is units(i, "2026T1") is None and units(i, "2026-03")[0] == 5
    i.psql("DELETE FROM lagesbild_store.setting WHERE name = 'units_from'")
    say("  who reported: a set, over kill, rebuild and a second build")


def what_the_figures_are_worth(i):
    # The log has the time when it was taken in; here that is now.
    i.psql("UPDATE lagesbild_store.change_log SET recorded_at = '2026-04-03 12:00+02' WHERE cause = 'late' AND incidents_offset = "
           "(SELECT min(incidents_offset) FROM lagesbild_store.change_log WHERE cause = 'late')")
    got = quality(i, "2026-03")
    want = {"received": 17, "unmapped": 1, "n": 12, "unclear": 1, "without_area": 0, "inside": 12, "unplaced": 1, "arrived": 14, "late": 1, "corrected": 1, "withdrawn": 1,
            "unfounded": 0, "state": "complete", "from_month": "2021-01"}
    assert {k: got[k] for k in want} == want, got
    assert int(i.value("SELECT sum(n) FROM lagesbild.month_cell WHERE source = 'staff' AND month = '2026-03-01'")) == want["n"]
    history = quality(i, "2025-12")
    assert (history["n"], history["arrived"], history["late"], history["corrected"]) == (3, None, None, None), history
    assert quality(i, "2026-01")["n"] == 0 and quality(i, "2027-01")["state"] == "filling"
    for wrong in ("2026-13", "1200", "x"):
        try:
            quality(i, wrong)
        except RuntimeError as e:
            assert "LB400" in str(e) or "Perioden finns inte" in str(e), e
        else:
            raise AssertionError(f"{wrong} is a period")
    plan = i.psql("SET enable_seqscan = off; EXPLAIN SELECT * FROM lagesbild_store.change_log WHERE build = 1 AND cell >= 1 AND cell < 2")
    assert any("build_cell" in line[0] for line in plan), plan
    say(f"  a month's worth: {got['late']} of {got['arrived']} late")


def the_weeks(i):
    today = int(i.value("SELECT lagesbild_store.today() - date '1970-01-01'"))
    i.psql("DELETE FROM lagesbild_store.intake")
    i.psql(f"INSERT INTO lagesbild_store.intake (day, source, measure, n) VALUES ({today}, 7, 0, 4), ({today - 6}, 7, 0, 5), ({today - 7}, 7, 0, 6), ({today - 40}, 7, 0, 1)")
    assert quality(i, "2026-03")["weeks"] == [None, None, None, 1, 0, 0, 0, 6, 9], quality(i, "2026-03")["weeks"]


def the_periods_figures():
    with Installation("units", partitions=1) as i:
        w = Writer(i)
        the_units_are_a_set(i, w)
        who_reported(i)
        what_the_figures_are_worth(i)
        the_weeks(i)


def main():
    the_periods_figures()
    with Installation("health") as i:
        i.start(NORMALIZER)
        i.start(AGGREGATOR)
        the_week_is_counted(i)
        the_usual_week_is_the_mean_of_the_eight_before(i)
        a_source_that_stops_is_named(i)
        who_may_look(i)
        i.stop(NORMALIZER)
        i.stop(AGGREGATOR)
    say("ok")


if __name__ == "__main__":
    main()
