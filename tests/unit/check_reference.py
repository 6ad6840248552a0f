#!/usr/bin/env python3
"""Checks the reference data that everything else trusts: schemas/*.csv, mappings, areas and outlines, the municipality's pack
and the packaged sample. Standard library only.

  check_reference.py [CHECKOUT]

Prints one sentence for each fault; exit 1 if there is one, else 0.
"""
import csv
import glob
import json
import lzma
import os
import re
import sys
import unicodedata

FLAGS = {"C", "I", "P", "N"}
KINDS = ["country", "county", "municipality", "area", "place"]
CODES = {"country": r"\d{2}", "county": r"\d{2}", "municipality": r"\d{4}",
         "area": r"\d{4}-[a-z0-9-]{1,27}", "place": r"\d{4}-[a-z0-9-]{1,27}"}
CATEGORY_COLUMNS = ["code", "parent", "sv", "en", "flag", "est"]
MAPPING_COLUMNS = ["source_type", "category"]
AREA_COLUMNS = ["code", "parent", "kind", "name", "synonyms", "lat", "long", "radius_m", "institution", "outline"]
DELIVERY_COLUMNS = ["source", "kind", "from", "complete_after_days"]
UNIT_COLUMNS = ["unit", "sv", "en"]
SOURCE_COLUMNS = ["id", "source", "sv", "en", "short", "release"]
WEIGHT_COLUMNS = ["code", "name", "weight"]
OUTLINES = {"", "simplified", "approximate"}
SWEDEN = (55.0, 69.5, 10.5, 24.5)  # south, north, west, east

faults = []


def fault(where, sentence):
    faults.append(f"{where}: {sentence}")


def fold(text):
    """The form in which names and types are compared."""
    return unicodedata.normalize("NFC", " ".join(unicodedata.normalize("NFC", text).split()).casefold())


# ---- files

def read_bytes(root, *path):
    try:
        with open(os.path.join(root, *path), "rb") as f:
            return f.read()
    except OSError as e:
        fault("/".join(path), f"cannot be read ({e.strerror}).")
        return None


def read_csv(root, columns, *path):
    """(where, row) of every row; faults for what is no plain UTF-8 CSV with these columns."""
    name, data = "/".join(path), read_bytes(root, *path)
    if data is None:
        return []
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as e:
        fault(name, f"is not UTF-8 at byte {e.start}.")
        return []
    if "\r" in text or not text.endswith("\n") or text.startswith("\ufeff"):
        fault(name, "must have LF line ends, one at its end, and no byte order mark.")
    if text != unicodedata.normalize("NFC", text):
        fault(name, "is not in Unicode normal form C.")
    lines = text.splitlines()
    reader = csv.reader(lines, strict=True)
    try:
        if next(reader, None) != columns:
            fault(name, f"must begin with the columns {','.join(columns)}.")
            return []
        return list(csv_rows(name, columns, reader))
    except csv.Error as e:
        fault(f"{name}, line {reader.line_num}", f"is no CSV: {e}.")
        return []


def csv_rows(name, columns, reader):
    for fields in reader:
        where = f"{name}, line {reader.line_num}"
        if len(fields) != len(columns):
            fault(where, f"has {len(fields)} fields where there are {len(columns)} columns.")
            continue
        if any(field != field.strip() for field in fields):
            fault(where, "has a field with outer blanks.")
        yield where, dict(zip(columns, fields))


# ---- categories and mappings

def check_categories(root):
    rows = read_csv(root, CATEGORY_COLUMNS, "schemas", "categories.csv")
    by_code = {}
    for where, row in rows:
        if row["code"] in by_code:
            fault(where, f"code {row['code']} stands twice.")
        by_code.setdefault(row["code"], row)
    for where, row in rows:
        check_category(where, row, by_code)
    if rows and "UNK" not in by_code:
        fault("schemas/categories.csv", "lacks the category UNK, which unknown types need.")
    return by_code


def check_category(where, row, by_code):
    code, parent = row["code"], row["parent"]
    if not re.fullmatch(r"[A-Z]{3}(\.[A-Z]{3})?", code):
        fault(where, f"code {code!r} is not of the form AAA or AAA.BBB.")
    if parent != code.rpartition(".")[0]:
        fault(where, f"code {code} must have the parent {code.rpartition('.')[0] or '(none)'}, not {parent!r}.")
    if parent and parent not in by_code:
        fault(where, f"parent {parent} of {code} is no category.")
    elif parent and by_code[parent]["est"] != row["est"]:
        fault(where, f"{code} and its parent differ in est, so the parent's sum would mix the two scopes.")
    if row["flag"] not in FLAGS:
        fault(where, f"flag {row['flag']!r} is none of C, I, P, N.")
    if row["est"] not in ("0", "1"):
        fault(where, f"est {row['est']!r} is neither 0 nor 1.")
    if not row["sv"] or not row["en"] or len(row["sv"]) > 16:
        fault(where, f"{code} needs a Swedish name of at most 16 characters and an English one.")


def check_mapping(root, path, categories):
    seen = {}
    for where, row in read_csv(root, MAPPING_COLUMNS, "schemas", "mappings", os.path.basename(path)):
        key = fold(row["source_type"])
        if not key:
            fault(where, "source_type is empty.")
        if key in seen:
            fault(where, f"source_type {row['source_type']!r} stands twice (blanks and case aside).")
        if row["category"] not in categories:
            fault(where, f"category {row['category']!r} is not in categories.csv.")
        elif any(c["parent"] == row["category"] for c in categories.values()):
            fault(where, f"category {row['category']} has children; map to one of them.")
        seen[key] = row["category"]


# ---- areas

def check_areas(root):
    rows = []
    registers = sorted(glob.glob(os.path.join(root, "schemas", "areas", "*.csv")))
    for path in registers:
        rows += read_csv(root, AREA_COLUMNS, "schemas", "areas", os.path.basename(path))
    by_code = {}
    for where, row in rows:
        if row["code"] in by_code:
            fault(where, f"code {row['code']} stands twice.")
        by_code.setdefault(row["code"], row)
    for where, row in rows:
        check_area(where, row, by_code)
    check_names(rows)
    counts = {kind: sum(row["kind"] == kind for _, row in rows) for kind in KINDS}
    if (counts["county"], counts["municipality"]) != (21, 290):
        fault("schemas/areas", f"there are {counts['county']} counties and {counts['municipality']} municipalities, not 21 and 290.")
    return by_code


def check_area(where, row, by_code):
    code, kind, parent = row["code"], row["kind"], row["parent"]
    if kind not in KINDS or not re.fullmatch(CODES.get(kind, ""), code):
        fault(where, f"code {code!r} and kind {kind!r} do not belong together.")
        return
    if not row["name"]:
        fault(where, f"{code} has no name.")
    if kind in ("country", "county"):
        if parent:
            fault(where, f"{code} is a {kind} and has no parent.")
    elif parent not in by_code:
        fault(where, f"parent {parent!r} of {code} stands in no register.")
    else:
        check_parent(where, row, by_code)
    if row["institution"] not in ("0", "1") or row["outline"] not in OUTLINES:
        fault(where, "institution is 0 or 1; outline is empty, simplified or approximate.")
    check_position(where, row)


def check_parent(where, row, by_code):
    code, kind, above = row["code"], row["kind"], by_code[row["parent"]]
    if kind == "municipality" and (above["kind"] != "county" or not code.startswith(above["code"])):
        fault(where, f"municipality {code} must lie in county {code[:2]}.")
    if kind in ("area", "place") and (above["kind"] not in ("municipality", "area") or above["code"][:4] != code[:4]):
        fault(where, f"{code} must lie in municipality {code[:4]} or one of its areas.")
    seen = set()
    while row and row["code"] not in seen:
        seen.add(row["code"])
        row = by_code.get(row["parent"])
    if row:
        fault(where, f"the parents of {code} go round in a circle.")


def check_position(where, row):
    values = {}
    for column in ("lat", "long", "radius_m"):
        try:
            values[column] = float(row[column]) if row[column] else None
        except ValueError:
            fault(where, f"{column} {row[column]!r} is no number.")
            return
    lat, lon, radius = values["lat"], values["long"], values["radius_m"]
    if (lat is None) != (lon is None) or (radius is not None and lat is None):
        fault(where, "lat and long go together, and a radius needs them.")
    elif lat is not None and not in_sweden(lon, lat):
        fault(where, f"lat {lat}, long {lon} does not lie in Sweden.")
    if radius is not None and not 0 < radius <= 50000:
        fault(where, f"radius_m {radius} is not between 0 and 50 000.")


def check_names(rows):
    """A name that two areas of one rank bear would name neither."""
    bearers = {}
    for where, row in rows:
        rank = row["kind"] if row["kind"] in KINDS[:3] else row["code"][:4]
        for name in [row["name"], *filter(None, row["synonyms"].split("|"))]:
            other = bearers.setdefault((rank, fold(name)), row["code"])
            if other != row["code"]:
                fault(where, f"{name!r} already names {other}.")
    towns = {name for rank, name in bearers if rank == "municipality"}
    for where, row in rows:
        for name in [row["name"], *row["synonyms"].split("|")]:
            if row["kind"] != "municipality" and fold(name) in towns:
                fault(where, f"{name!r} is a municipality's name.")


# ---- outlines

def in_sweden(lon, lat):
    south, north, west, east = SWEDEN
    return south <= lat <= north and west <= lon <= east


def rings_of(geometry):
    kind, coordinates = geometry["type"], geometry["coordinates"]
    if kind not in ("Polygon", "MultiPolygon"):
        raise ValueError(f"{kind} is no polygon")
    return coordinates if kind == "Polygon" else [ring for polygon in coordinates for ring in polygon]


def covers(rings, lon, lat):
    """Even-odd rule over all rings, so that holes are outside."""
    inside = False
    for ring in rings:
        for (x1, y1), (x2, y2) in zip(ring, ring[1:]):
            if (y1 > lat) != (y2 > lat) and lon < (x2 - x1) * (lat - y1) / (y2 - y1) + x1:
                inside = not inside
    return inside


def check_outline(where, line, areas, drawn):
    feature = json.loads(line)
    code, rings = feature["properties"]["id"], rings_of(feature["geometry"])
    if code not in areas:
        fault(where, f"id {code} stands in no register.")
        return
    if code in drawn:
        fault(where, f"id {code} has an outline already.")
    drawn[code] = rings
    for ring in rings:
        if len(ring) < 4 or ring[0] != ring[-1]:
            fault(where, f"a ring of {code} is not closed or has fewer than four points.")
        if not all(in_sweden(lon, lat) for lon, lat in ring):
            fault(where, f"a corner of {code} does not lie in Sweden (longitude comes first).")
    row = areas[code]
    if row["lat"] and row["long"] and not covers(rings, float(row["long"]), float(row["lat"])):
        fault(where, f"the register's point of {code} lies outside its outline.")


def check_outlines(root, areas):
    drawn = {}
    for path in sorted(glob.glob(os.path.join(root, "schemas", "areas", "*.geojson"))):
        name = os.path.basename(path)
        lines = (read_bytes(root, "schemas", "areas", name) or b"").splitlines()
        for number, line in enumerate(lines, 1):
            where = f"schemas/areas/{name}, line {number}"
            try:
                check_outline(where, line, areas, drawn)
            except (KeyError, TypeError, ValueError) as e:
                fault(where, f"is no GeoJSON Feature with an id and a polygon: {e}.")
    for code, row in areas.items():
        if row["kind"] == "municipality" and code not in drawn:
            fault("schemas/areas/municipalities.geojson", f"lacks municipality {code}.")
        outer = drawn.get(code[:4])
        if row["kind"] == "area" and code in drawn and outer:
            if not all(covers(outer, lon, lat) for ring in drawn[code] for lon, lat in ring):
                fault("schemas/areas", f"the outline of {code} leaves its municipality.")


# ---- sources

def check_sources(root):
    """What a source's normalizer writes into each incident about who may see it is what the file says."""
    for at, row in read_csv(root, SOURCE_COLUMNS, "schemas", "sources.csv"):
        said = re.findall(rb"\.release = RELEASE_(\w+)", read_bytes(root, "services", f"normalizer-{row['source']}", "map.c") or b"")
        if row["release"] not in ("public", "internal", "restricted") or said != [row["release"].upper().encode()]:
            fault(at, f"release is none, or not that of services/normalizer-{row['source']}/map.c.")


# ---- packs and the sample

def read_conf(root, name):
    conf, where = {}, f"deploy/{name}/pack.conf"
    for number, line in enumerate((read_bytes(root, "deploy", name, "pack.conf") or b"").decode().splitlines(), 1):
        key, equals, value = line.partition("=")
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if not equals or key.strip() in conf:
            fault(f"{where}, line {number}", "is not of the form key = value, or its key stands twice.")
        conf[key.strip()] = value.strip()
    return conf


def check_pack(root, name, areas):
    conf, where = read_conf(root, name), f"deploy/{name}/pack.conf"
    town = areas.get(conf.get("municipality"))
    if not town or town["kind"] != "municipality" or town["parent"] != conf.get("county"):
        fault(where, "municipality is none of the registers', or does not lie in county.")
    for file in re.split(r"[,\s]+", conf.get("areas", "")):
        if not os.path.isfile(os.path.join(root, "schemas", "areas", file)):
            fault(where, f"areas names {file!r}, which is no file of schemas/areas.")
    seen = set()
    for at, row in read_csv(root, DELIVERY_COLUMNS, "deploy", name, "delivery.csv"):
        if row["source"] in seen or row["kind"] not in ("events", "counts"):
            fault(at, "the source stands twice, or kind is neither events nor counts.")
        if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", row["from"]) or not row["complete_after_days"].isdecimal():
            fault(at, "from is a month (2023-04), complete_after_days a whole number.")
        seen.add(row["source"])
    units = [row["unit"] for _, row in read_csv(root, UNIT_COLUMNS, "deploy", name, "units.csv")]
    if len(set(units)) != len(units):
        fault(f"deploy/{name}/units.csv", "a unit stands twice.")
    if os.path.exists(os.path.join(root, "deploy", name, "weights.csv")):
        check_weights(root, name, areas)


def check_weights(root, name, areas):
    """How much happens where, for made-up feeds."""
    for at, row in read_csv(root, WEIGHT_COLUMNS, "deploy", name, "weights.csv"):
        if areas.get(row["code"], {}).get("name") != row["name"]:
            fault(at, "code and name are no area or place of the registers.")
        if not re.fullmatch(r"\d+(\.\d+)?", row["weight"]):
            fault(at, "weight is no number.")


def check_sample(root):
    """Every line is an observation in order; returns how many there are."""
    name, count, last = "deploy/sample/press-orebro.ndjson.xz", 0, 0
    try:
        with lzma.open(os.path.join(root, name), "rb") as lines:
            for count, line in enumerate(lines, 1):
                record = json.loads(line)
                event = record["event"]
                if record["observed_at"] < last:
                    fault(f"{name}, line {count}", "was observed before the line above it.")
                last = record["observed_at"]
                if not all(event[key] for key in ("id", "datetime", "name", "type")) or not event["location"]["name"]:
                    fault(f"{name}, line {count}", "lacks one of id, datetime, name, type, location.name.")
    except (OSError, EOFError, lzma.LZMAError, KeyError, TypeError, ValueError) as e:
        fault(f"{name}, line {count}", f"cannot be used: {type(e).__name__}: {e}.")
    if not count:
        fault(name, "holds no line.")
    return count


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
    categories = check_categories(root)
    mappings = sorted(glob.glob(os.path.join(root, "schemas", "mappings", "*.csv")))
    for path in mappings:
        check_mapping(root, path, categories)
    if not mappings:
        fault("schemas/mappings", "holds no mapping.")
    check_sources(root)
    areas = check_areas(root)
    check_outlines(root, areas)
    packs = sorted(os.path.basename(os.path.dirname(p)) for p in glob.glob(os.path.join(root, "deploy", "*", "pack.conf")))
    for name in packs:
        check_pack(root, name, areas)
    if not packs:
        fault("deploy", "holds no municipality's pack.")
    lines = check_sample(root)
    for sentence in faults:
        print(sentence)
    if not faults:
        print(f"{len(categories)} categories, {len(mappings)} mappings, {len(areas)} areas, {len(packs)} packs, "
              f"{lines} sample lines: nothing wrong.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
