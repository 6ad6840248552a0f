#!/usr/bin/env python3
"""What the fuzz targets start from, made of the golden cases and the schemas: seeds.py FOLDER makes FOLDER/<target>/<n>."""
import glob
import json
import os
import struct
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests", "lib"))
import messages  # pylint: disable=wrong-import-position


def read(*path):
    with open(os.path.join(ROOT, *path), "rb") as f:
        return f.read()


def short(data):
    return bytes([len(data)]) + data


def sources():
    """The sources in the order of the build's list, which is that of the folders' names."""
    folders = sorted(glob.glob(os.path.join(ROOT, "services", "normalizer-*")))
    return [f.rsplit("normalizer-", 1)[1] for f in folders if os.path.exists(os.path.join(f, "map.c"))]


def golden():
    """(source's number, message) of every golden line."""
    for number, source in enumerate(sources()):
        for path in sorted(glob.glob(os.path.join(ROOT, "tests", "golden", source, "*.in"))):
            for line in read(path).splitlines():
                yield number, line


def notice():
    return json.loads(read("tests", "golden", "press", "leap_day.in").splitlines()[0])


def convert():
    for number, line in golden():
        yield bytes([number, 0]) + line
    event, press = notice(), sources().index("press")
    envelope = json.dumps({"specversion": "1.0", "time": "2026-05-26T20:00:00Z", "data": event}).encode()
    yield bytes([press, 1]) + short(b"application/cloudevents+json") + envelope
    yield bytes([press, 2]) + short(b"2026-05-26T20:00:00Z") + json.dumps(event).encode()
    yield bytes([press, 0b111100]) + short(b"1779883200000000") + short(b"1") + short(b"source-removed") + short(b"0" * 64) + json.dumps(event).encode()
    yield bytes([press, 64]) + short(str(event["id"]).encode()) + json.dumps(event).encode()
    yield bytes([press, 192]) + short(b"4711")
    yield bytes([press, 0]) + messages.avro_frame(messages.avro_body(event))


def schema():
    for path in glob.glob(os.path.join(ROOT, "schemas", "*.avsc")) + glob.glob(os.path.join(ROOT, "schemas", "feeds", "*.avsc")):
        text = json.dumps(json.loads(read(path)), separators=(",", ":")).encode()
        yield struct.pack(">H", len(text)) + text + messages.avro_body(notice())
    for kind in ({"type": "array", "items": "long"}, {"type": "map", "values": "string"}, ["null", "R"], {"type": "fixed", "name": "F", "size": 4},
                 {"type": "enum", "name": "E", "symbols": ["A", "B"]}, {"type": "record", "name": "S", "fields": []}, ["int", "double"]):
        text = json.dumps({"type": "record", "name": "R", "fields": [{"name": "a", "type": kind}]}).encode()
        yield struct.pack(">H", len(text)) + text + b"\2\4\0\0\0"


def envelope():
    for seed in convert():
        if seed[1] == 0:
            yield bytes(6) + seed[2:]
    yield short(b"application/cloudevents+json; charset=UTF-8") + bytes(5) + json.dumps({"specversion": "1.0", "data": notice()}).encode()
    yield short(b"") + short(b"2026-05-26T20:00:00.5Z") + short(b"1") + short(b"1") + short(b"source-removed") + bytes(1) + b"{}"


def period():
    for text in ("2026-06-05T09:41:21.123+02:00", "2026-06-05 9:41:21 +02:00", "2026-10-25 02:30", "2026-03-29 02:30:00", "2026-06-05",
                 "1970-01-01T00:00:00Z", "2099-12-31T23:59:59Z", "2024-02-29T10:00:00+0200"):
        yield text.encode()


def names():
    for path in (("schemas", "areas", "sweden.csv"), ("schemas", "mappings", "press.csv")):
        for line in read(*path).splitlines()[1:200]:
            yield from line.split(b",")[:4]


def csv():
    for path in glob.glob(os.path.join(ROOT, "schemas", "**", "*.csv"), recursive=True):
        yield read(path)[:2000]
    yield b'\xef\xbb\xbfa,"b"\r\n"1,""2","x\ny"\r\n'


def outline():
    ring = [[15.1, 59.1], [15.2, 59.1], [15.2, 59.2], [15.1, 59.1]]
    for kind, coordinates in (("Polygon", [ring]), ("Polygon", [ring, ring]), ("MultiPolygon", [[ring]]), ("Point", ring[0])):
        yield struct.pack("<2d", 59.12, 15.14) + json.dumps({"type": kind, "coordinates": coordinates}).encode()


def avroread():
    body = messages.avro_body(notice())
    for n in range(4):
        yield bytes([n]) + body
    yield (b"\2\2\4\1" + bytes(4) + bytes(8) + messages.avro_text("s") + messages.avro_text("y") + b"xxx" + b"\2" + b"\2" + messages.avro_text("u")
           + b"\0\6" + b"\4\0" + messages.avro_text("a") + b"\2yyy\0" + b"\4\0" + b"\2" + messages.avro_text("k") + b"\2\2\0\0" + b"\2"
           + messages.avro_text("r"))


def incident():
    yield bytes(64)
    # Eight bytes a number where it is asked for: an upsert of May 2026 with its required fields.
    yield (b"\7" + struct.pack(">q", 1779883200000000) + b"\1\1" + b"\7" + struct.pack(">q", 1779883200000) + b"\0\0\0"
           + b"\7" + struct.pack(">q", 1779883200000) + b"\0\0" + b"\0\0\0" + b"\0\1" + b"\0" + b"\0" + b"\1\1" + b"\1\1\0\1\1\0\0"
           + b"\0\0\0" + b"\1\1x" + b"\1\1y" + b"\0" + b"\1" + short(b"1881") + bytes(8))


def deadletter():
    yield b"\3\4" + bytes(14) + b"\0\5title" + short(b"feed.press") + b"\1" + short(b"ce_time") + b"\1\0\2ab" + short(b"key") + b"value"


def route():
    import yaml
    for path, item in yaml.safe_load(read("schemas", "openapi.yaml"))["paths"].items():
        for method, operation in item.items():
            query = [p["name"] + "=1" for p in operation.get("parameters", []) if p["in"] == "query"]
            yield "\n".join([method.upper(), path.replace("{", "").replace("}", ""), *query]).encode()


def main():
    out = sys.argv[1]
    for make in (convert, schema, envelope, period, names, csv, outline, avroread, incident, deadletter, route):
        folder = os.path.join(out, make.__name__)
        os.makedirs(folder, exist_ok=True)
        for n, seed in enumerate(make()):
            with open(os.path.join(folder, str(n)), "wb") as f:
                f.write(seed)


if __name__ == "__main__":
    main()
