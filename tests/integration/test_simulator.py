"""Made-up feeds, end to end: what the simulator sends ends in the figures that it meant, and in nothing else.

Files first, without a server: the same seed gives the same bytes, every message is valid by its feed's schema, and a second reading of
the files (plain Python, by the contracts) gives the truth that the generator wrote. Then through Kafka, the normalizers that are built
and the aggregator: month_cell is the truth row by row, every broken message is rejected for its reason, and nothing personal is in
incidents. SIMULATOR_SEED repeats a run.
"""
import csv
import json
import os
import random
import subprocess
import sys
import tempfile

from faults import balance, say
from installation import BUILD, ROOT, Installation

sys.path.insert(0, os.path.join(ROOT, "tests", "reference"))
import feeds  # noqa: E402

SEED = os.environ.get("SIMULATOR_SEED", str(random.randrange(1 << 30)))
SOURCES = ("press", "police", "rescue", "social", "housing", "citizen", "staff")
SPAN = ("--from", "2023-01", "--to", "2024-12")


def rows(path):
    with open(path, encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f))


def cells(path):
    return {tuple(r[c] for c in ("month", "municipality", "area", "category", "source")): (int(r["n"]), int(r["n_suppressed"]))
            for r in rows(path)}


def differences(expected, actual):
    wrong = [(key, expected.get(key), actual.get(key)) for key in sorted(expected.keys() | actual.keys())
             if expected.get(key) != actual.get(key)]
    return len(wrong), wrong[:10]


def to_files(directory, *options):
    """Messages in files, truth beside them: the path of the truth."""
    truth = os.path.join(directory, "truth.csv")
    env = {**os.environ, "LAGESBILD_SCHEMAS": os.path.join(ROOT, "schemas"), "LAGESBILD_PACK": os.path.join(ROOT, "deploy", "kumla")}
    subprocess.run([os.path.join(BUILD, "bin", "simulator"), *SPAN, "--to-files", os.path.join(directory, "feeds"), "--truth", truth,
                    *options], check=True, env=env, stdout=subprocess.DEVNULL, timeout=300)
    return truth


def content(directory):
    """Every byte that a run wrote, by file."""
    found = {}
    for folder, _, files in os.walk(directory):
        for name in files:
            path = os.path.join(folder, name)
            with open(path, "rb") as f:
                found[os.path.relpath(path, directory)] = f.read()
    return found


def same_seed_same_bytes(scratch):
    runs = []
    for name, options in (("a", ("--seed", SEED)), ("b", ("--seed", SEED)), ("c", ("--seed", SEED + "1"))):
        directory = os.path.join(scratch, name)
        os.mkdir(directory)
        to_files(directory, "--personal", "--broken", "2", *options)
        runs.append(content(directory))
    assert runs[0] == runs[1], "the same seed gave other bytes"
    assert runs[0] != runs[2], "another seed gave the same bytes"
    assert len(runs[0]) == len(SOURCES) + 6, sorted(runs[0])


def one_source_alone(scratch):
    """What one source sends does not depend on which others are asked for."""
    alone, together = os.path.join(scratch, "alone"), os.path.join(scratch, "a")
    os.mkdir(alone)
    to_files(alone, "--seed", SEED, "--sources", "rescue", "--personal", "--broken", "2")
    name = os.path.join("feeds", "rescue.ndjson")
    one, other = (feeds.upserts_without_text(os.path.join(d, name)) for d in (alone, together))
    assert one == other, "rescue alone sent something else"


def second_reading(scratch):
    """The truth by another way: the files read by plain Python."""
    truth = cells(os.path.join(scratch, "a", "truth.csv"))
    read = feeds.month_cells(os.path.join(scratch, "a", "feeds"), os.path.join(ROOT, "schemas"))
    count, some = differences(truth, read)
    assert not count, f"{count} cells differ (truth, second reading): {some}"
    assert len(truth) > 1000 and {key[4] for key in truth} == set(SOURCES), len(truth)
    say(f"  {len(truth)} cells, {sum(n for n, _ in truth.values())} counted, {sum(s for _, s in truth.values())} suppressed")


def messages_fit_schemas(scratch):
    try:
        import jsonschema
    except ImportError:
        say("  schemas: python3-jsonschema is not here, skipped")
        return
    for source in SOURCES:
        with open(os.path.join(ROOT, "schemas", "feeds", f"{source}.schema.json"), encoding="utf-8") as f:
            validator = jsonschema.Draft202012Validator(json.load(f))
        for number, message in enumerate(feeds.read(os.path.join(scratch, "a", "feeds", f"{source}.ndjson"))):
            value = message.get("value")
            if value is not None and number % 7 == 0:
                error = next(validator.iter_errors(value), None)
                assert error is None, f"{source}, {message['key']}: {error.message}"


def has_everything(scratch):
    """A mean run holds what it promises; a simulator that forgets a kind of message makes weak tests."""
    directory = os.path.join(scratch, "a", "feeds")
    kinds = feeds.kinds(directory)
    for kind in ("withdrawn", "repeated", "older-after-newer", "month-moved", "area-moved", "category-moved", "unfounded", "reinforcement",
                 "nothing-to-report", "suppressed", "point", "sweref", "flat", "late"):
        assert kinds.get(kind, 0) > 0, f"no message of kind {kind}: {kinds}"
    say(f"  {kinds}")


def months_before(month, n):
    number = int(month[:4]) * 12 + int(month[5:7]) - 1 - n
    return f"{number // 12:04d}-{number % 12 + 1:02d}-01"


def ratio(truth, story, month):
    """How the story's counts of the three months up to `month` stand to those of the year before."""
    def count(shift):
        wanted = {months_before(month, shift + n) for n in range(3)}
        area = story["area"] if story["place"] else None
        return sum(n for (m, _, a, category, source), (n, _) in truth.items() if m in wanted and area in (None, a) and
                   category == story["category"] and source in story["sources"].split("|"))
    return count(0) / max(count(12), 1)


def stories_can_be_found(scratch):
    """The real changes are in the figures: with twenty times the events there is no chance in it."""
    directory = os.path.join(scratch, "large")
    os.mkdir(directory)
    truth = to_files(directory, "--seed", SEED, "--scale", "20", "--sources", "police,housing,staff")
    found = cells(truth)
    for story in rows(truth + ".story.csv"):
        if story["what"] == "silence":
            silent = [key for key in found if key[4] in story["sources"] and story["from"] <= key[0] < story["to"]]
            assert not silent, f"the silence is broken: {silent[:3]}"
            continue
        change = ratio(found, story, "2024-12-01")
        say(f"  {story['what']} {story['category']}: {change:.2f}")
        assert change < 0.75 if float(story["factor"]) < 1 else change > 1.25, f"{story} does not show: {change}"


def nothing_personal(i, truth, sources):
    """No planted text, and no part of one, is in the incidents topic or in what PostgreSQL holds of rejects."""
    planted = [r["text"] for r in rows(truth + ".personal.csv") if r["source"] in sources]
    assert len(planted) > 100, len(planted)
    log = i.kcat("incidents", "-C", "-e", "-q", "-f", "%s\n")
    details = i.psql("SELECT detail FROM lagesbild.dead_letter")
    text = log + "\n".join(d[0] for d in details).encode()
    found = [p for p in planted if p.encode() in text]
    assert not found, f"{len(found)} planted texts got through: {found[:5]}"


def rejected_for_their_reasons(i, truth, sources):
    expected = {}
    for row in rows(truth + ".broken.csv"):
        expected[row["source"], row["reason"]] = expected.get((row["source"], row["reason"]), 0) + 1
    actual = {(topic.rpartition(".")[2], reason): int(n) for topic, reason, n in
              i.psql("SELECT topic, reason, count(*) FROM lagesbild.dead_letter GROUP BY 1, 2")}
    assert actual == expected, f"rejects differ, expected {expected}, found {actual}"
    assert {source for source, _ in actual} == set(sources)


def units_that_reported(i):
    """Table reporter is what the feed's accepted messages say, each of them, read by plain Python."""
    refused = {tuple(row) for row in i.psql("SELECT partition, \"offset\" FROM lagesbild.dead_letter WHERE topic LIKE '%feed.staff'")}
    said = set()
    for line in i.kcat("feed.staff", "-C", "-e", "-q", "-f", "%p %o %s\n").decode("utf-8", "replace").splitlines():
        partition, offset, value = line.split(" ", 2)
        if value and (partition, offset) not in refused:
            value = json.loads(value)
            said.add((f"{feeds.time_of(value['nar']).astimezone(feeds.ZONE):%Y-%m}", value["enhet"]))
    found = {tuple(row) for row in i.psql("SELECT to_char(lagesbild_store.month_date(month), 'YYYY-MM'), unit FROM lagesbild_store.reporter")}
    assert found == said, f"units differ (found, said): {sorted(found ^ said)[:10]}"
    last = {unit for month, unit in said if month == "2024-12"}
    assert 4 <= len(last) < len({unit for _, unit in said}) == 8, (last, "two units are silent in the last month")


def through_the_chain(sources):
    with Installation("simulator") as i:
        truth = os.path.join(i.dir, "truth.csv")
        for source in sources:
            i.start(f"normalizer-{source}")
        i.start("aggregator")
        said = i.run("simulator", *SPAN, "--seed", SEED, "--sources", ",".join(sources), "--truth", truth, "--personal", "--broken", "3",
                     timeout=300)
        say("  " + said.stdout.strip())
        published = sum(int(r["messages"]) for r in rows(truth + ".messages.csv"))
        assert "consistent" in i.verify(240)
        b = balance(i)
        assert b["received"] == published and b["lost"] == 0 and b["difference"] == 0, (published, b)
        actual = os.path.join(i.dir, "actual.csv")
        i.month_cells(actual)
        count, some = differences(cells(truth), cells(actual))
        assert not count, f"{count} cells differ (truth, month_cell): {some}"
        hours = {tuple(row) for row in i.psql("SELECT month, municipality, area, category, source, weekday, hour, n FROM lagesbild.hour_cell")}
        meant = {tuple(row.values()) for row in rows(truth + ".hours.csv")}
        assert hours == meant, f"hour_cell differs (found, meant): {sorted(hours ^ meant)[:10]}"
        rejected_for_their_reasons(i, truth, sources)
        nothing_personal(i, truth, sources)
        units_that_reported(i)
        say(f"  {b}")


def main():
    say(f"SIMULATOR_SEED={SEED}")
    with tempfile.TemporaryDirectory(prefix="lagesbild-simulator-") as scratch:
        for check in (same_seed_same_bytes, one_source_alone, second_reading, messages_fit_schemas, has_everything, stories_can_be_found):
            say(check.__name__)
            check(scratch)
    built = [s for s in SOURCES if os.path.exists(os.path.join(BUILD, "bin", f"normalizer-{s}"))]
    say(f"through_the_chain {' '.join(built)}")
    through_the_chain(built)


if __name__ == "__main__":
    main()
