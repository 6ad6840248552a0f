#!/usr/bin/env python3
"""Independent reference for the cells of source `press`.

Reads an archive of the police's public event notices (NDJSON, plain or .xz, in publication order, lines
{"observed_at": unix seconds, "event": {...}}) and prints what the views must hold after every line has
been published on feed.press with observed_at as ce_time. Written from the contracts and the domain notes
alone, never from the C code, so that a common misunderstanding cannot hide in both:

  contracts 3   required fields, time and place of a press notice, revision = ce_time, areas
  contracts 5   month_cell, hour_cell, what `n` counts, municipality and area of a cell
  domain 2.1    form of `name` and `datetime`; split at the first and the last ", "; nearest year
  domain 5      Europe/Stockholm: the autumn hour is the later one, the spring gap the offset before
  domain 6      the mapping key is `type`, matched on NFC, trimmed, blanks collapsed, case-folded

  press.py [--schemas DIR] EVENTS            rows of month_cell as CSV
  press.py [--schemas DIR] --hours EVENTS    rows of hour_cell as CSV
  press.py [--schemas DIR] --fates EVENTS    totals as name,value

DIR holds categories.csv, mappings/press.csv, areas/sweden.csv and areas/1881.csv. Python 3.11, no packages.
Exit 0; 2 if the input or the reference data cannot be used.
"""
import argparse
import collections
import csv
import datetime as dt
import json
import lzma
import os
import re
import sys
import unicodedata
import zoneinfo

UTC = dt.timezone.utc
ZONE = zoneinfo.ZoneInfo("Europe/Stockholm")
SOURCE = "press"
UNKNOWN_AREA = "00"
UNKNOWN_CATEGORY = "UNK"
MONTHS = ("januari februari mars april maj juni juli augusti september "
          "oktober november december").split()
NAME_TIME = re.compile(r"(\d{1,2}) (\w+) (\d{1,2})[.:](\d{2})")
PUBLISHED = re.compile(r"(\d{4})-(\d{2})-(\d{2})[ T](\d{1,2}):(\d{2}):(\d{2})(?:\.\d+)? ?"
                       r"(?:(Z)|([+-])(\d{2}):?(\d{2}))")

# What a cell needs to know of one notice.
Notice = collections.namedtuple("Notice", "local municipality area category known")


class Reject(Exception):
    """The message cannot be used; it counts as rejected and changes nothing else."""


def fold(text):
    """The form in which types and names are compared."""
    return unicodedata.normalize("NFC", " ".join(unicodedata.normalize("NFC", text).split()).casefold())


# ---- reference data

def read_csv(*path):
    with open(os.path.join(*path), encoding="utf-8-sig", newline="") as f:
        return list(csv.DictReader(f))


def read_flags(schemas):
    """category code -> flag C, I, P or N"""
    return {row["code"]: row["flag"].strip() for row in read_csv(schemas, "categories.csv")}


def read_mapping(schemas, flags):
    """folded type -> category code"""
    mapping = {}
    for row in read_csv(schemas, "mappings", "press.csv"):
        if row["category"] not in flags:
            raise ValueError(f"mappings/press.csv: unknown category {row['category']}")
        if mapping.setdefault(fold(row["source_type"]), row["category"]) != row["category"]:
            raise ValueError(f"mappings/press.csv: {row['source_type']} has two categories")
    return mapping


def is_county(code):
    return len(code) == 2 and code.isdigit() and code != UNKNOWN_AREA


def is_municipality(code):
    return len(code) == 4 and code.isdigit()


def read_areas(schemas):
    """folded name or synonym -> area code. A municipality's name wins over a county's, that over an own
    area's; a name that two areas of the same rank bear names neither."""
    ranks = ({}, {}, {})
    for file in ("sweden.csv", "1881.csv"):
        for row in read_csv(schemas, "areas", file):
            code = row["code"]
            if code == UNKNOWN_AREA:
                continue
            rank = 0 if is_municipality(code) else 1 if is_county(code) else 2
            for name in [row["name"], *(row["synonyms"] or "").split("|")]:
                if fold(name):
                    ranks[rank].setdefault(fold(name), set()).add(code)
    register = {}
    for names in reversed(ranks):
        register.update((name, min(codes)) for name, codes in names.items() if len(codes) == 1)
    return register


# ---- one message

def text_of(obj, field, required=True):
    value = obj.get(field) if isinstance(obj, dict) else None
    if isinstance(value, str) and (value.strip() or not required):
        return value
    if value is None and not required:
        return ""
    raise Reject(f"{field} is missing or no text")


def id_of(event):
    value = event.get("id")
    if isinstance(value, int) and not isinstance(value, bool) or isinstance(value, str) and value:
        return str(value)
    raise Reject("id is missing")


def parse_published(text):
    """`datetime`: an hour of one digit, a blank before the offset."""
    m = PUBLISHED.fullmatch(text.strip())
    if not m:
        raise Reject("datetime has another form")
    offset = dt.timedelta(0)
    if not m[7]:
        offset = dt.timedelta(hours=int(m[9]), minutes=int(m[10])) * (-1 if m[8] == "-" else 1)
    try:
        return dt.datetime(*map(int, m.group(1, 2, 3, 4, 5, 6)), tzinfo=UTC) - offset
    except (ValueError, OverflowError):
        raise Reject("datetime is no time") from None


def from_wall(year, month, day, hour, minute):
    """A local wall time as UTC. In the overlap (offset falls) the later, standard one; in the gap (offset
    rises) the offset before the transition, which is what fold=0 means there."""
    wall = dt.datetime(year, month, day, hour, minute, tzinfo=ZONE)
    later = wall.replace(fold=1)
    return (later if later.utcoffset() < wall.utcoffset() else wall).astimezone(UTC)


def parse_occurred(name, published):
    """The time at the head of `name`, in the year that brings it nearest to the publication."""
    m = NAME_TIME.fullmatch(" ".join(name.split(", ", 1)[0].split()))
    if not m or m[2].lower() not in MONTHS:
        raise Reject("name does not begin with a time")
    candidates = []
    for year in (published.year - 1, published.year, published.year + 1):
        try:
            candidates.append(from_wall(year, MONTHS.index(m[2].lower()) + 1, int(m[1]), int(m[3]), int(m[4])))
        except ValueError:      # 29 February, or no such time at all
            continue
    if not candidates:
        raise Reject("the time in name does not exist")
    return min(candidates, key=lambda time: abs(time - published))


def place(register, name, location):
    """(municipality, area) of a cell: the suffix of `name`, made more exact by `location` only where the
    suffix is the county that the location's municipality lies in."""
    suffix = name.rsplit(", ", 1)[1] if ", " in name else ""
    code = register.get(fold(suffix))
    other = register.get(fold(location))
    if code is None or is_county(code) and other and not is_county(other) and other.startswith(code):
        code = other
    if code is None:
        return UNKNOWN_AREA, UNKNOWN_AREA
    return (code if is_county(code) else code[:4]), code


def read_notice(event, register, mapping):
    published = parse_published(text_of(event, "datetime"))
    kind = text_of(event, "type")
    location = text_of(event.get("location"), "name")
    name = text_of(event, "name", required=False)
    municipality, area = place(register, name, location)
    local = parse_occurred(name, published).astimezone(ZONE)
    category = mapping.get(fold(kind))
    return Notice(local, municipality, area, category or UNKNOWN_CATEGORY, category is not None)


# ---- the archive

def open_events(path):
    if path == "-":
        return sys.stdin
    return (lzma.open if path.endswith(".xz") else open)(path, "rt", encoding="utf-8")


def no_twice(pairs):
    if len({key for key, _ in pairs}) != len(pairs):
        raise Reject("a key stands twice")
    return dict(pairs)


def current_notices(lines, register, mapping):
    """(id -> its winning notice, messages, rejected). The greatest (revision, position) wins; a rejected
    message leaves what was known before it."""
    current, messages, rejected = {}, 0, 0
    for position, line in enumerate(lines):
        if not line.strip():
            continue
        messages += 1
        try:
            envelope = json.loads(line, object_pairs_hook=no_twice)
            key = id_of(envelope["event"])
            notice = read_notice(envelope["event"], register, mapping)
        except Reject:
            rejected += 1
            continue
        order = (envelope["observed_at"], position)
        if key not in current or order > current[key][0]:
            current[key] = (order, notice)
    return {key: notice for key, (_, notice) in current.items()}, messages, rejected


def print_cells(notices, columns, cell_of):
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(columns)
    for cell, n in sorted(collections.Counter(map(cell_of, notices)).items()):
        out.writerow([*cell, n] + ([0] if columns[-1] == "n_suppressed" else []))


def month_cell(x):
    return x.local.strftime("%Y-%m-01"), x.municipality, x.area, x.category, SOURCE


def hour_cell(x):
    return (*month_cell(x), x.local.isoweekday(), x.local.hour)


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--schemas", default=os.path.join(os.path.dirname(__file__), "..", "..", "schemas"))
    args.add_argument("--hours", action="store_true")
    args.add_argument("--fates", action="store_true")
    args.add_argument("events", help="NDJSON, .xz or plain; - is standard input")
    opt = args.parse_args()
    try:
        flags = read_flags(opt.schemas)
        mapping, register = read_mapping(opt.schemas, flags), read_areas(opt.schemas)
        with open_events(opt.events) as lines:
            current, messages, rejected = current_notices(lines, register, mapping)
    except (OSError, KeyError, TypeError, ValueError) as e:
        print(f"press.py: {type(e).__name__}: {e}", file=sys.stderr)
        return 2
    counted = [x for x in current.values() if flags[x.category] in ("C", "I")]
    names = "month municipality area category source".split()
    if opt.fates:
        unknown = sum(not x.known for x in current.values())
        totals = {"messages": messages, "rejected": rejected, "ids": len(current), "counted": len(counted),
                  "not_counted": len(current) - len(counted), "unknown_type": unknown}
        print("\n".join(f"{name},{value}" for name, value in totals.items()))
    elif opt.hours:
        print_cells(counted, [*names, "weekday", "hour", "n"], hour_cell)
    else:
        print_cells(counted, [*names, "n", "n_suppressed"], month_cell)
    return 0


if __name__ == "__main__":
    sys.exit(main())
