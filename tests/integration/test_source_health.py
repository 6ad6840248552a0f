"""View source_health: what came in the last seven days, what is usual, how late, what is unknown, who is silent; and that status says so."""
import datetime
import json
from zoneinfo import ZoneInfo

from faults import AGGREGATOR, NORMALIZER, say
from installation import Installation

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


def main():
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
