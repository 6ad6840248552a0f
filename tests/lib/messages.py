"""Messages as a hostile or merely foreign producer may send them, and what lies on the topics afterwards: any bytes, null values, headers,
the operator's signature, Avro by hand. A second encoding of the contracts, so that a common misunderstanding cannot hide in both.
"""
import ctypes
import hashlib
import hmac
import json
import os
import struct
import subprocess

import rdkafka
from installation import ROOT

rdkafka._declare(ctypes.c_void_p, "NewTopic_new")

# rd_kafka_vtype_t
_END, _TOPIC, _PARTITION, _VALUE, _KEY, _MSGFLAGS, _HEADER = 0, 1, 3, 4, 5, 7, 9
_COPY = 2


class Sender(rdkafka.Client):
    """Sends one message at a time to one partition, acknowledged in order: offsets are 0, 1, 2 ..."""

    def __init__(self, i, properties=None):
        super().__init__(i.env["KAFKA_BOOTSTRAP_SERVERS"], {"message.max.bytes": "16000000", **(properties or {})})
        self.i = i

    def send(self, value, key=None, headers=(), partition=0, topic="feed.press"):
        """None is null, b"" is empty."""
        size, word = ctypes.c_size_t, ctypes.c_int
        args = [word(_TOPIC), ctypes.c_char_p((self.i.prefix + topic).encode()), word(_PARTITION), ctypes.c_int32(partition), word(_MSGFLAGS), word(_COPY)]
        args += [word(_VALUE), ctypes.c_char_p(value), size(len(value or b""))]
        args += [word(_KEY), ctypes.c_char_p(key), size(len(key or b""))]
        for name, content in headers:
            content = content.encode() if isinstance(content, str) else content
            args += [word(_HEADER), ctypes.c_char_p(name.encode()), ctypes.c_char_p(content), ctypes.c_ssize_t(len(content or b""))]
        code = rdkafka._lib.rd_kafka_producev(self.rk, *args, word(_END))
        if code:
            raise RuntimeError(rdkafka._lib.rd_kafka_err2str(code).decode())


    def create_topic(self, topic, partitions, config):
        """A topic as somebody else has made it. Whoever asks for its metadata afterwards is told of it."""
        text, lib = ctypes.create_string_buffer(512), rdkafka._lib
        item = lib.rd_kafka_NewTopic_new((self.i.prefix + topic).encode(), partitions, 1, text, ctypes.c_size_t(512))
        for name, value in config.items():
            if lib.rd_kafka_NewTopic_set_config(ctypes.c_void_p(item), name.encode(), value.encode()):
                raise RuntimeError(f"{name}: refused")
        wrong = self._ask(lib.rd_kafka_CreateTopics, item)
        if wrong:
            raise RuntimeError(wrong)


def read_topic(i, topic):
    """All records of one of our topics: {(partition, offset): (key, value)}."""
    done = subprocess.run(["kcat", "-b", i.env["KAFKA_BOOTSTRAP_SERVERS"], "-C", "-q", "-e", "-t", i.prefix + topic, "-o", "beginning",
                           "-f", "%p %o %K %S %k%s"], capture_output=True, check=True, timeout=60).stdout
    records, at = {}, 0
    while at < len(done):
        words = done[at:at + 80].split(b" ", 4)[:4]
        at += sum(len(word) + 1 for word in words)
        partition, offset, key_len, value_len = map(int, words)
        middle = at + max(key_len, 0)
        end = middle + max(value_len, 0)
        records[partition, offset] = (done[at:middle] if key_len >= 0 else None, done[middle:end] if value_len >= 0 else None)
        at = end
    return records


# ---- the operator's signature ----

def signature(i, value, key=None, revision="", backfill="", reason="", topic="feed.press"):
    with open(i.env["LAGESBILD_OPERATOR_KEY_FILE"], encoding="ascii") as f:
        secret = bytes.fromhex(f.read().strip())
    parts = [(i.prefix + topic).encode(), key or b"", revision.encode(), backfill.encode(), reason.encode(),
             b"" if value is None else hashlib.sha256(value).hexdigest().encode()]
    return hmac.new(secret, b"\0".join(parts), hashlib.sha256).hexdigest()


# ---- Avro ----

_EMPTY = 0xC15D213AA4D7A795


def fingerprint(text):
    """CRC-64-AVRO, as the specification gives it."""
    def step(fp):
        for _ in range(8):
            fp = (fp >> 1) ^ (_EMPTY & -(fp & 1))
        return fp
    table = [step(n) for n in range(256)]
    fp = _EMPTY
    for byte in text.encode():
        fp = (fp >> 8) ^ table[(fp ^ byte) & 0xFF]
    return fp


def canonical(schema, namespace):
    """The Parsing Canonical Form of the kinds of schema that feeds and incidents use."""
    if isinstance(schema, str):
        return json.dumps(schema)
    if isinstance(schema, list):
        return "[" + ",".join(canonical(branch, namespace) for branch in schema) + "]"
    if isinstance(schema["type"], dict) or "name" not in schema:  # a logical type
        return canonical(schema["type"], namespace)
    if schema["type"] == "enum":
        return f'{{"name":"{namespace}.{schema["name"]}","type":"enum","symbols":{json.dumps(schema["symbols"], separators=(",", ":"))}}}'
    if schema["type"] == "fixed":
        return f'{{"name":"{namespace}.{schema["name"]}","type":"fixed","size":{schema["size"]}}}'
    assert schema["type"] == "record", schema
    namespace = schema.get("namespace", namespace)
    fields = ",".join(f'{{"name":"{f["name"]}","type":{canonical(f["type"], namespace)}}}' for f in schema["fields"])
    return f'{{"name":"{namespace}.{schema["name"]}","type":"record","fields":[{fields}]}}'


def press_fingerprint():
    with open(os.path.join(ROOT, "schemas", "feeds", "press.avsc"), encoding="utf-8") as f:
        return fingerprint(canonical(json.load(f), ""))


def avro_long(number):
    number = (number << 1) ^ (number >> 63)
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes(out + bytes([number]))


def avro_text(text):
    data = text if isinstance(text, bytes) else text.encode()
    return avro_long(len(data)) + data


def avro_optional(text):
    return avro_long(0) if text is None else avro_long(1) + avro_text(text)


def avro_body(notice):
    """A press notice as schemas/feeds/press.avsc has it, without its frame."""
    location = notice["location"]
    return (avro_long(notice["id"]) + avro_text(notice["datetime"]) + avro_text(notice["name"]) + avro_text(notice["type"])
            + avro_text(location["name"]) + avro_optional(location.get("gps"))
            + avro_optional(notice.get("summary")) + avro_optional(notice.get("url")))


def avro_frame(body, fp=None):
    return b"\xc3\x01" + (press_fingerprint() if fp is None else fp).to_bytes(8, "little") + body


def avro_branch(branches, value):
    """A union of null and scalars: the branch that fits, and the value."""
    kind = {type(None): "null", str: "string", int: "int", float: "double", bool: "boolean"}[type(value)]
    if kind == "int" and kind not in branches:
        kind, value = ("long", value) if "long" in branches else ("double", float(value))
    head = avro_long(branches.index(kind))
    if kind in ("null", "string"):
        return head + (avro_text(value) if kind == "string" else b"")
    return head + (struct.pack("<d", value) if kind == "double" else bytes([value]) if kind == "boolean" else avro_long(value))


def avro_flat(name, event):
    """A message by schemas/feeds/<name>.avsc, one without records in it, framed."""
    with open(os.path.join(ROOT, "schemas", "feeds", name + ".avsc"), encoding="utf-8") as f:
        schema = json.load(f)
    body = b""
    for field in schema["fields"]:
        plain = not isinstance(field["type"], list)
        written = avro_branch([field["type"]] if plain else field["type"], event.get(field["name"]))
        body += written[1:] if plain else written
    return avro_frame(body, fingerprint(canonical(schema, "")))


# ---- dead letters ----

class AvroReader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def long(self):
        number = shift = 0
        while True:
            byte = self.data[self.at]
            self.at += 1
            number |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return (number >> 1) ^ -(number & 1)

    def bytes(self):
        return self.take(self.long())

    def take(self, length):
        assert 0 <= length <= len(self.data) - self.at, "a length beyond the record's end"
        self.at += length
        return self.data[self.at - length:self.at]

    def optional(self):
        return self.bytes() if self.long() else None


def read_letter(record):
    """A record of topic deadletters, by schemas/deadletter.avsc."""
    r = AvroReader(record)
    assert record[:2] == b"\xc3\x01", "no single-object encoding"
    r.at = 10
    letter = {name: r.bytes().decode() for name in ("reason", "detail", "topic")}
    letter.update({name: r.long() for name in ("partition", "offset", "epoch", "append_time")})
    letter["headers"] = []
    while (count := r.long()):
        for _ in range(count):
            name = r.bytes().decode()
            letter["headers"].append((name, r.optional()))
    letter["key"], letter["value"] = r.optional(), r.optional()
    assert r.at == len(record), "bytes behind the record's end"
    return letter


def letters(i):
    """The dead letters by (feed's partition, offset); the last where there are several."""
    found = [read_letter(value) for _, (_, value) in sorted(read_topic(i, "deadletters").items())]
    return {(letter["partition"], letter["offset"]): letter for letter in found}
