#!/usr/bin/env python3
"""Independent reading of the simulator's files: month_cell of all seven feeds, in plain Python from the contracts alone.

DIR holds <source>.ndjson, lines {"key", "time", "value"} (or "hex" for what must be rejected, which is passed over). The rules:
contracts 3 (fields, revision, counts rows, small counts, areas), 5 (what n counts); mappings, categories and register from schemas/.

  feeds.py DIR [SCHEMAS]      rows of month_cell as CSV
"""
import collections
import csv
import datetime as dt
import glob
import json
import math
import os
import sys
import zoneinfo

ZONE = zoneinfo.ZoneInfo("Europe/Stockholm")
MONTHS = "januari februari mars april maj juni juli augusti september oktober november december".split()
MUNICIPALITY = "1881"
SMALLEST = 5

# Where each feed says what; revision: the first field that is there.
EVENT_TIME = {"police": "occurred_from", "rescue": "larm_tid", "housing": "inkom", "citizen": "requested_datetime", "staff": "nar"}
REVISION = {"police": ("updated_at", "reported_at"), "rescue": ("uppdaterad", "larm_tid"), "housing": ("uppdaterad", "inkom"),
            "citizen": ("updated_datetime", "requested_datetime"), "staff": ("uppdaterad",), "social": ("uppdaterad",), "press": ()}
PLACE = {"police": "plats", "rescue": "plats", "housing": "fastighet_omrade", "citizen": "address", "staff": "plats"}

Fact = collections.namedtuple("Fact", "month municipality area category n suppressed")


def read(path):
    with open(path, encoding="utf-8") as f:
        for line in f:
            yield json.loads(line)


def time_of(text):
    when = dt.datetime.fromisoformat(text)
    return when if when.tzinfo else when.replace(tzinfo=ZONE)


def rows(*path):
    with open(os.path.join(*path), encoding="utf-8-sig", newline="") as f:
        return list(csv.DictReader(f))


class Reference:
    """Categories, mappings and areas."""

    def __init__(self, schemas):
        self.flags = {r["code"]: r["flag"] for r in rows(schemas, "categories.csv")}
        self.mapping = {os.path.basename(p)[:-4]: {r["source_type"]: r["category"] for r in rows(p)}
                        for p in glob.glob(os.path.join(schemas, "mappings", "*.csv"))}
        register = rows(schemas, "areas", f"{MUNICIPALITY}.csv")
        by_code = {r["code"]: r for r in register}
        self.area_of_name = {}
        for row in register:
            area = row
            while area["kind"] == "place":
                area = by_code[area["parent"]]
            self.area_of_name[row["name"]] = area["code"]
        self.outlines = []
        with open(os.path.join(schemas, "areas", f"{MUNICIPALITY}.geojson"), encoding="utf-8") as f:
            for line in f:
                feature = json.loads(line)
                self.outlines.append((feature["properties"]["id"], feature["geometry"]["coordinates"][0]))
        self.outlines.sort(key=lambda o: abs(surface(o[1])))

    def area(self, value, place):
        """Own area by name, else by point, else the municipality."""
        name = (value.get(place) or "").rpartition(", ")[2]
        if name in self.area_of_name:
            return self.area_of_name[name]
        point = point_of(value)
        if point:
            for code, ring in self.outlines:
                if inside(ring, *point):
                    return code
        return None


def surface(ring):
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(ring, ring[1:])) / 2


def inside(ring, x, y):
    odd = False
    for (x1, y1), (x2, y2) in zip(ring, ring[1:]):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            odd = not odd
    return odd


def from_sweref(north, east):
    """SWEREF 99 TM to longitude and latitude, by the inverse of Krueger's series (Lantmäteriet)."""
    f = 1 / 298.257222101
    n, e2 = f / (2 - f), f * (2 - f)
    radius = 0.9996 * 6378137 / (1 + n) * (1 + n ** 2 / 4 + n ** 4 / 64)
    xi, eta = north / radius, (east - 500000) / radius
    delta = (n / 2 - 2 * n ** 2 / 3 + 37 * n ** 3 / 96 - n ** 4 / 360, n ** 2 / 48 + n ** 3 / 15 - 437 * n ** 4 / 1440,
             17 * n ** 3 / 480 - 37 * n ** 4 / 840, 4397 * n ** 4 / 161280)
    xi2 = xi - sum(d * math.sin(2 * i * xi) * math.cosh(2 * i * eta) for i, d in enumerate(delta, 1))
    eta2 = eta - sum(d * math.cos(2 * i * xi) * math.sinh(2 * i * eta) for i, d in enumerate(delta, 1))
    phi = math.asin(math.sin(xi2) / math.cosh(eta2))
    s = math.sin(phi) ** 2
    a, b = e2 + e2 ** 2 + e2 ** 3 + e2 ** 4, -(7 * e2 ** 2 + 17 * e2 ** 3 + 30 * e2 ** 4) / 6
    c, d = (224 * e2 ** 3 + 889 * e2 ** 4) / 120, -4279 * e2 ** 4 / 1260
    latitude = phi + math.sin(phi) * math.cos(phi) * (a + s * (b + s * (c + s * d)))
    return 15 + math.degrees(math.atan2(math.sinh(eta2), math.cos(xi2))), math.degrees(latitude)


def point_of(value):
    if value.get("epsg") == 3006:
        return from_sweref(value["n"], value["e"])
    return (value["long"], value["lat"]) if value.get("lat") is not None else None


def type_of(source, value):
    if source == "press":
        return value["type"]
    if source == "police":
        return value["type"]
    if source == "rescue":
        return f"{value['handelsetyp_id']}|misstankt" if value.get("anlagd") == "misstankt" else str(value["handelsetyp_id"])
    if source == "housing":
        return f"{value['typ']}|{'verifierad' if value.get('verifierad') else 'rapporterad'}"
    return value[{"citizen": "service_code", "staff": "handelse", "social": "grund"}[source]]


def category_of(reference, source, value):
    known, kind = reference.mapping.get(source, {}), type_of(source, value)
    return known.get(kind) or known.get(kind.partition("|")[0]) or "UNK"


def month_of_press(value):
    """The name has day and month; the year is the one nearest to publication."""
    published = time_of(value["datetime"][:-7] + value["datetime"][-6:]) if value["datetime"][11:13].isdigit() else time_of(
        value["datetime"][:11] + "0" + value["datetime"][11:-7] + value["datetime"][-6:])
    day, month = value["name"].split()[:2]
    number = MONTHS.index(month) + 1
    year = min((published.year + d for d in (-1, 0, 1)),
               key=lambda y: abs(dt.datetime(y, number, min(int(day), 28), tzinfo=ZONE) - published))
    return f"{year:04d}-{number:02d}-01"


def fact_of(reference, source, value):
    """What the message puts into which cell; None: nothing."""
    category = category_of(reference, source, value)
    if reference.flags[category] not in "CI" or value.get("status") in ("unfounded", "obefogat") or value.get("insatstyp", "forsta") != "forsta":
        return None
    if source == "social":
        n = value["antal"]
        small = n is None or n == "<5" or 0 < n < SMALLEST
        return Fact(value["period"] + "-01", MUNICIPALITY, MUNICIPALITY, category, 0 if small else n, int(small))
    town = value.get("kommun", MUNICIPALITY)
    area = reference.area(value, PLACE.get(source)) or town
    if source == "press":
        return Fact(month_of_press(value), MUNICIPALITY, MUNICIPALITY, category, 1, 0)
    when = time_of(value[EVENT_TIME[source]]).astimezone(ZONE)
    return Fact(f"{when.year:04d}-{when.month:02d}-01", town, area, category, 1, 0)


def revision_of(source, message):
    value = message["value"] or {}
    text = next((value[f] for f in REVISION[source] if value.get(f)), message["time"])
    return time_of(text)


def latest(path, source):
    """key -> the message that wins"""
    found = {}
    for message in read(path):
        if "hex" in message:
            continue
        revision = revision_of(source, message)
        if message["key"] not in found or revision >= found[message["key"]][0]:
            found[message["key"]] = (revision, message)
    return found


def month_cells(directory, schemas):
    reference = Reference(schemas)
    cells = collections.defaultdict(lambda: [0, 0])
    for path in sorted(glob.glob(os.path.join(directory, "*.ndjson"))):
        source = os.path.basename(path)[:-7]
        for _, message in latest(path, source).values():
            fact = message["value"] and fact_of(reference, source, message["value"])
            if fact:
                cell = cells[fact.month, fact.municipality, fact.area, fact.category, source]
                cell[0] += fact.n
                cell[1] += fact.suppressed
    return {key: tuple(value) for key, value in cells.items() if any(value)}


# ---- what kinds of message there are, for the test of the simulator itself

def upserts_without_text(path):
    """Lines but for planted personal texts, whose numbers run over all sources."""
    texts = ("beskrivning", "inringare")
    return [(m["key"], m["time"], m["value"] and {k: v for k, v in m["value"].items() if k not in texts}) for m in read(path) if "hex" not in m]


def kinds_of(source, message, before, reference):
    """The kinds of one message, seen after the messages of its key that came before."""
    value = message["value"]
    if value is None:
        return ["withdrawn"]
    found = [kind for kind, yes in (
        ("unfounded", value.get("status") == "unfounded"), ("reinforcement", value.get("insatstyp") in ("forstarkning", "befal")),
        ("nothing-to-report", value.get("handelse") == "inget"), ("suppressed", value.get("antal") == "<5"), ("point", "lat" in value), ("sweref", "epsg" in value),
        ("flat", "lagenhet" in value), ("repeated", any(b["value"] == value for b in before))) if yes]
    if before and revision_of(source, message) < max(revision_of(source, b) for b in before):
        found.append("older-after-newer")
    fact = fact_of(reference, source, value)
    if fact and before and before[-1]["value"]:
        old = fact_of(reference, source, before[-1]["value"])
        if old:
            found += [f"{name}-moved" for name in ("month", "area", "category") if getattr(old, name) != getattr(fact, name)]
    if fact and not before and source != "social" and message["time"][:7] > fact.month[:7]:
        found.append("late")
    return found


def kinds(directory, schemas=None):
    reference = Reference(schemas or os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "schemas"))
    count, seen = collections.Counter(), collections.defaultdict(list)
    for path in sorted(glob.glob(os.path.join(directory, "*.ndjson"))):
        source = os.path.basename(path)[:-7]
        for message in read(path):
            if "hex" in message:
                continue
            before = seen[source, message["key"]]
            count.update(kinds_of(source, message, before, reference))
            before.append(message)
    return dict(count)


def main():
    if len(sys.argv) not in (2, 3):
        print(__doc__, file=sys.stderr)
        return 2
    here = os.path.dirname(os.path.abspath(__file__))
    found = month_cells(sys.argv[1], sys.argv[2] if len(sys.argv) == 3 else os.path.join(here, "..", "..", "schemas"))
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow("month municipality area category source n n_suppressed".split())
    writer.writerows((*key, *value) for key, value in sorted(found.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
