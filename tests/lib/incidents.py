"""Incidents as a normalizer would write them, for tests of what stands behind topic incidents: any source, month, state. Encoded by
schemas/incident.avsc itself, with the chain of custody kept, so that the aggregator takes them for a normalizer's.
"""
import datetime
import hashlib
import json
import os
import struct
import zoneinfo

from installation import ROOT, wait_for
from messages import AvroReader, Sender, avro_frame, avro_long, avro_text, canonical, fingerprint

with open(os.path.join(ROOT, "schemas", "incident.avsc"), encoding="utf-8") as _f:
    SCHEMA = json.load(_f)
FINGERPRINT = fingerprint(canonical(SCHEMA, ""))
ZONE = zoneinfo.ZoneInfo("Europe/Stockholm")
EPOCH = 1_700_000_000_000


def encode(schema, value):
    """A value in Avro's binary encoding; of a union only null and one other."""
    if isinstance(schema, list):
        return avro_long(0) if value is None else avro_long(1) + encode(schema[1], value)
    kind = schema["type"] if isinstance(schema, dict) else schema
    if kind == "record":
        return b"".join(encode(field["type"], value.get(field["name"], field.get("default"))) for field in schema["fields"])
    if kind == "enum":
        return avro_long(schema["symbols"].index(value))
    return {"fixed": lambda: value, "string": lambda: avro_text(value), "int": lambda: avro_long(value), "long": lambda: avro_long(value),
            "boolean": lambda: bytes([value]), "double": lambda: struct.pack("<d", value)}[kind]()


def decode(schema, r):
    """What encode has written: a record is a dict."""
    if isinstance(schema, list):
        branch = schema[r.long()]
        return None if branch == "null" else decode(branch, r)
    kind = schema["type"] if isinstance(schema, dict) else schema
    if isinstance(kind, dict):
        return decode(kind, r)
    if kind == "record":
        return {field["name"]: decode(field["type"], r) for field in schema["fields"]}
    if kind == "enum":
        return schema["symbols"][r.long()]
    return {"fixed": lambda: r.take(schema["size"]), "string": lambda: r.bytes().decode(), "int": r.long, "long": r.long,
            "boolean": lambda: bool(r.take(1)[0]), "double": lambda: struct.unpack("<d", r.take(8))[0]}[kind]()


def read(value):
    """A record of topic incidents, as a dict."""
    assert value[:10] == avro_frame(b"", FINGERPRINT), "another schema than this tree's"
    r = AvroReader(value)
    r.at = 10
    record = decode(SCHEMA, r)
    assert r.at == len(value), "bytes behind the record's end"
    return record


def ms(text):
    """Local time such as "2026-03-05 12:00" (or a date: noon) in milliseconds."""
    text = text if " " in text else text + " 12:00"
    return int(datetime.datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp() * 1000)


class Writer:
    """Writes to topic incidents, partition 0; `told(seconds)` waits until the aggregator has taken all of it in."""

    def __init__(self, i):
        self.i, self.sender, self.sequence, self.sent = i, Sender(i), {}, 0

    def write(self, source, name, at, received=None, operation="upsert", **fields):
        """An incident of `source` called `name`, that happened at `at` and was received then or at `received`."""
        n = self.sequence[source] = self.sequence.get(source, 0) + 1
        record = {
            "incident_id": hashlib.sha256(f"{source} {name}".encode()).digest()[:16], "operation": operation, "source": source,
            # A second before it is received: a time that the message tells, not our clock's.
            "revision": (ms(received or at) - 1000) * 1000 + n, "received_at": ms(received or at),
            "origin": {"topic": f"{self.i.prefix}feed.{source}", "partition": 0, "epoch": EPOCH, "offset": n - 1, "sequence": n}}
        if operation == "upsert":
            record.update(
                source_system="test", source_type="typ", category="UNK", countable="incident", count=1, suppressed=False, occurred_from=ms(at),
                time_precision="day", municipality="1881", area="1881-centrum", geo_precision="area", verified="reported", release="internal")
        record.update(fields)
        self.sender.send(avro_frame(encode(SCHEMA, record), FINGERPRINT), topic="incidents")
        self.sent += 1

    def told(self, seconds=60):
        wait_for("the aggregator has taken in all incidents",
                 lambda: self.i.value("SELECT sum(next) FROM lagesbild_store.position") == str(self.sent), seconds)
        if self.i.value("SELECT sum(unreadable) FROM lagesbild_store.position") != "0":
            raise AssertionError("the aggregator could not read some of the incidents")
