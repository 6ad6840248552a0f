"""No person gets past the normalizer: made-up identity numbers, telephones, names, mail and addresses in every spelling, planted in every field of
every source, in fields nobody knows, in names of fields, keys, headers, envelopes, Avro and broken JSON; then looked for in all that is written
behind it: topic incidents, what dead letters say, the whole database and every view, logs, metrics, the operator's commands.

Sources and fields find themselves: services/normalizer-*, their tables of fields, the feeds' schemas, the simulator's messages. PERSONAL_SEED
repeats a run. A dead letter keeps the original bytes, which is its purpose; those of a strict source keep nothing.
"""
import csv
import glob
import json
import os
import random
import re
import socket
import subprocess
import urllib.request

from faults import AGGREGATOR, balance, say
from incidents import read
from installation import BUILD, ROOT, Installation, wait_for
from messages import Sender, avro_body, avro_flat, avro_frame, read_letter, read_topic
from personal import Searcher, people

SEED = int(os.environ.get("PERSONAL_SEED", random.randrange(1 << 30)))
SOURCES = sorted(name.split("-", 1)[1] for name in os.listdir(os.path.join(BUILD, "bin")) if name.startswith("normalizer-"))
HEADERS = ("ce_id", "ce_source", "ce_type", "ce_subject", "ce_time", "content-type", "traceparent", "tracestate", "lagesbild-revision",
           "lagesbild-backfill", "lagesbild-reason", "lagesbild-signature", "x-handlaggare")
STRUCTURED = [("content-type", "application/cloudevents+json")]


# ---- what a source sends ----

def paths_of(schema, before=""):
    """Every property of a JSON Schema, nested ones with a dot, whatever it stands under."""
    if isinstance(schema, list):
        for item in schema:
            yield from paths_of(item, before)
    elif isinstance(schema, dict):
        for name, value in schema.items():
            if name == "properties":
                for key, inner in value.items():
                    yield before + key
                    yield from paths_of(inner, before + key + ".")
            else:
                yield from paths_of(value, before)


def row_month(source):
    """A month about which the source has agreed to send counts rows: its first, or one before its events."""
    with open(os.path.join(ROOT, "deploy", "kumla", "delivery.csv"), encoding="utf-8") as f:
        kind, start = next((row["kind"], row["from"]) for row in csv.DictReader(f) if row["source"] == source)
    return start if kind == "counts" else "2020-11"


class Source:
    """A source as the tree has it: its table of fields, its feed's schemas, one of its events and one of its counts rows."""

    def __init__(self, name, messages):
        self.name = name
        with open(os.path.join(ROOT, "services", f"normalizer-{name}", "map.c"), encoding="utf-8") as f:
            code = f.read()
        with open(os.path.join(ROOT, "schemas", "feeds", f"{name}.schema.json"), encoding="utf-8") as f:
            schema = json.load(f)
        with open(os.path.join(ROOT, "schemas", "feeds", f"{name}.avsc"), encoding="utf-8") as f:
            self.avro = json.load(f)
        with open(os.path.join(ROOT, "schemas", "mappings", f"{name}.csv"), encoding="utf-8") as f:
            self.type = f.read().splitlines()[1].split(",")[0]
        self.strict = ".strict = true" in code
        counts = dict(re.findall(r"\.(type|also) = \"(\w+)\"", code.split(".counts =")[1])) if ".counts =" in code else {}
        self.row = {"period": row_month(name), "kommun": "1881", "omrade": "Ekeby", counts["type"]: self.type, "antal": 12} if counts else None
        self.row_key = [*(f for f in self.row or {} if f != "antal"), *([counts["also"]] if "also" in counts else [])]
        self.event = self.row if self.strict else next(m["value"] for m in messages if m["value"])
        self.fields = sorted({*re.findall(r"\.path = \"([\w.]+)\"", code), *paths_of(schema), *self.event, *(self.row or {})})
        self.id = None if self.strict else next(f for f, v in self.event.items() if str(v) == messages[0]["key"])
        self.serial = 0

    def key(self, event):
        names = self.row_key if self.row and "period" in event else [self.id]
        return "|".join(str(event.get(f) or "") for f in names).encode()[:200]

    def fresh(self, row=False):
        """An event of its own id, or the row."""
        event = json.loads(json.dumps(self.row if row else self.event))
        self.serial += 1
        if self.id and not row:
            event[self.id] = self.serial if isinstance(event[self.id], int) else f"P{self.serial}"
        return event


def load_sources(i):
    i.run("simulator", "--from", "2025-01", "--to", "2025-04", "--seed", "7", "--to-files", i.dir)
    sources = []
    for name in SOURCES:
        with open(os.path.join(i.dir, f"{name}.ndjson"), encoding="utf-8") as f:
            sources.append(Source(name, [json.loads(line) for line in f]))
    return sources


# ---- what is planted: (value, key, headers) ----

def raw(event):
    return json.dumps(event, ensure_ascii=False).encode()


def put(event, path, value):
    head, _, tail = path.partition(".")
    if tail:
        inner = event.get(head)
        event[head] = put(inner if isinstance(inner, dict) else {}, tail, value)
    else:
        event[head] = value
    return event


def shapes(person):
    """Each spelling, all of them as one text, as numbers, and below other things."""
    yield from person.spellings()
    yield person.sentence()
    yield from (int(person.identity), int(person.century + person.identity), float(person.telephone), -int(person.coordination))
    yield from ([person.sentence()], {"namn": person.sentence()}, {person.spellings()[3]: [{"pnr": person.identity}]})


def in_fields(source, person):
    for row in (False, True) if source.row and not source.strict else (False,):
        for field in source.fields:
            for value in shapes(person):
                event = put(source.fresh(row), field, value)
                yield raw(event), source.key(event), []
    for value in shapes(person):
        yield raw({**source.fresh(), "personnummer": value}), None, []


def in_names(source, person):
    for text in [*person.spellings(), person.sentence()]:
        yield raw({**source.fresh(), text: 1}), None, []
        yield raw({**source.fresh(), "extra": {text: {text: [text]}}}), None, []


def in_keys(source, person):
    for text in [*person.spellings(), person.sentence()]:
        yield raw(source.fresh()), text.encode(), []
        yield None, text.encode(), []
        yield b"{", text.encode(), []


def in_headers(source, person):
    for text in (*person.spellings()[::3], person.sentence()):
        for name in (*HEADERS, text):
            event = source.fresh()
            for value in (raw(event), b"{", None):
                yield value, source.key(event), [(name, text)]
        everything = [(name, text) for name in HEADERS if name not in ("content-type", "ce_time")]
        yield raw(source.fresh()), None, everything


def in_envelopes(source, person):
    for text in (*person.spellings()[::3], person.sentence()):
        whole = {"specversion": "1.0", "id": "1", "source": "/x", "type": "t", "data": source.fresh()}
        for name in ("id", "source", "type", "subject", "time", "specversion", "dataschema", "data", "namn"):
            yield raw({**whole, name: text}), None, STRUCTURED
        yield raw({**whole, text: text}), None, STRUCTURED


def in_broken(source, person):
    for text in (*person.spellings(), person.sentence()):
        good = raw({**source.fresh(), "text": text})
        inside = text.encode()
        yield from ((broken, None, []) for broken in (
            inside, b'"' + inside + b'"', b"[" + good + b"]", good[:-1], good[:-2], good + inside, b'{"text":' + inside + b"}", b'{"' + inside,
            b'{"' + inside + b'":1,"' + inside + b'":2}', good.replace(inside, inside + b"\\u00zz"), good.replace(inside, inside + b"\xff"),
            good.replace(inside, inside + b"\\ud800"), good.replace(inside, inside + b"\\u0000"), b"{" + b'"' + inside + b'":' + b"[" * 40,
            raw({text: {str(n): text for n in range(200)}}), b"\x00\x00\x00\x00\x01" + inside, b"\xc3\x01" + inside, text.encode("utf-16"),
            text.encode("latin-1", errors="replace")))


def by_avro(source, person):
    flat = not any(isinstance(f["type"], dict) for f in source.avro["fields"])
    texts = [f["name"] for f in source.avro["fields"] if f["type"] == "string" or (isinstance(f["type"], list) and "string" in f["type"])]
    for field in texts:
        for text in (*person.spellings(), person.sentence()):
            event = put(source.fresh(), field, text)
            value = avro_flat(source.name, event) if flat else avro_frame(avro_body(event))
            yield value, None, []
            yield value[:-1], None, []
            yield value + text.encode(), None, []


PLANTS = (in_fields, in_names, in_keys, in_headers, in_envelopes, in_broken, by_avro)


def plant(i, sources, persons):
    """Publish all; how many of each kind."""
    sent = {}
    with Sender(i) as sender:
        for source in sources:
            for way in PLANTS:
                for n, (value, key, headers) in enumerate(way(source, persons[source.name])):
                    sender.send(value, key, headers, partition=n % i.partitions, topic=f"feed.{source.name}")
                    sent[way.__name__] = sent.get(way.__name__, 0) + 1
        sender.flush()
    return sent


# ---- where it must not be found ----

def kafka_headers(i, topic):
    return i.kcat(topic, "-C", "-q", "-e", "-o", "beginning", "-f", "%h\n")


def look_at_incidents(i, searcher):
    """Bytes, headers and each decoded value by itself: a number is no text, but it may be one's digits."""
    found = [f"topic incidents, headers: {hit}" for hit in searcher.find(kafka_headers(i, "incidents"))]
    operations = {}
    for at, (key, value) in read_topic(i, "incidents").items():
        record = read(value)
        operations.setdefault((record["source"], record["operation"]), []).append(at)
        decoded = "\n".join(f"{name}\t{content!r}" for name, content in record.items())
        hits = searcher.find(key) + searcher.find(value) + searcher.find(decoded)
        if hits:
            found.append(f"topic incidents {at}, {record['source']} {record['operation']} from {record['origin']}: {hits[0]}")
    return found, operations


def look_at_letters(i, searcher, strict):
    """What is said of a message; of a strict source there is nothing else."""
    found, bare = [], 0
    for at, (key, value) in read_topic(i, "deadletters").items():
        letter = read_letter(value)
        source = letter["topic"].rsplit(".", 1)[1]
        said = "\n".join((letter["reason"], letter["detail"], letter["topic"]))
        if source in strict:
            bare += 1
            if key is not None or letter["key"] is not None or letter["value"] is not None or letter["headers"]:
                found.append(f"topic deadletters {at}: a letter of {source} keeps its message")
            said += "\n" + value.decode(errors="replace")
        found += [f"topic deadletters {at}, {source}: {hit}" for hit in searcher.find(said)]
    return found, bare


def look_at_database(i, searcher):
    dump = subprocess.run(["pg_dump", "--no-owner"], env=i.env, capture_output=True, check=True).stdout.decode()
    found = [f"database: {hit}" for hit in searcher.find_dump(dump)]
    views = i.psql("SELECT schemaname, viewname FROM pg_views WHERE schemaname LIKE 'lagesbild%' ORDER BY 1, 2")
    for schema, view in views:
        text = subprocess.run(["psql", "-qX", "-v", "ON_ERROR_STOP=1", "-c", f'COPY (SELECT * FROM {schema}."{view}") TO STDOUT'], env=i.env,
                              capture_output=True, check=True).stdout.decode()
        found += [f"view {schema}.{view}: {hit}" for hit in searcher.find_dump(text)]
    return found, len(dump), len(views)


def look_at_logs(i, searcher):
    return [f"{os.path.basename(path)}: {hit}" for path in sorted(glob.glob(os.path.join(i.dir, "*.log")))
            for hit in searcher.find(open(path, "rb").read())]  # pylint: disable=consider-using-with


def look_at_answers(i, searcher, ports):
    found = []
    for name, port in ports.items():
        for path in ("metrics", "readyz", "livez"):
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/{path}", timeout=10) as answer:
                found += [f"{name} /{path}: {hit}" for hit in searcher.find(answer.read())]
    for args in (("status",), ("status", "--json"), ("verify", "--json"), ("picture", "--json"), ("delivery",)):
        done = i.run("lagesbild", *args, check=False)
        found += [f"lagesbild {' '.join(args)}: {hit}" for hit in searcher.find(done.stdout + done.stderr)]
    return found


def look_everywhere(i, searcher, sources, ports):
    found, operations = look_at_incidents(i, searcher)
    strict = [s.name for s in sources if s.strict]
    letters, bare = look_at_letters(i, searcher, strict)
    database, size, views = look_at_database(i, searcher)
    found += letters + database + look_at_logs(i, searcher) + look_at_answers(i, searcher, ports)
    say(f"  looked through {sum(map(len, operations.values()))} incidents, {bare} bare letters, {size >> 10} KiB of database, {views} views")
    for hit in found[:20]:
        say("  FOUND " + hit)
    assert not found, f"{len(found)} places hold personal data, seed {SEED}"
    for source in sources:
        counts = {op: len(operations.get((source.name, op), ())) for op in ("upsert", "withdraw", "reject")}
        say(f"  {source.name}: " + ", ".join(f"{n} {op}" for op, n in counts.items()))
        assert min(counts.values()) >= 100, f"{source.name}: not every way has been gone"
    assert bare >= 100 * len(strict) and strict, "no letters of a strict source"


# ---- the searcher itself ----

def check_searcher(i, searcher, sources, persons, ports):
    """Whatever was planted would have been found: in each spelling as a text, and in each place."""
    for source in sources:
        person = persons[source.name]
        for text in person.spellings():
            for way in (text, f"x={text};", text.encode(), json.dumps({"a": text}, ensure_ascii=False)):
                assert searcher.find(way), f"the searcher does not know {way!r}"
            assert searcher.find_dump("1\t\\x" + text.encode().hex() + "\t2"), f"the searcher does not know {text!r} as bytea"
        assert searcher.find(repr(int(person.identity))) and searcher.find(repr(-int(person.century + person.coordination)))
    assert not searcher.find("800101-9999 Agneta Andersson 070-000 00 00 lgh 2001 time=2026-11-23T06:53:31.773Z 1795417026904")
    person = persons[sources[0].name]
    with open(os.path.join(i.dir, "planted.log"), "w", encoding="utf-8") as f:
        f.write(f"event=x text=\"{person.spellings()[2]}\"\n")
    i.psql(f"INSERT INTO lagesbild_store.setting VALUES ('planted', '{person.telephone}')")
    assert look_at_logs(i, searcher) and look_at_database(i, searcher)[0], "an item in a log or a table is not found"
    i.psql(f"UPDATE lagesbild_store.chain SET topic = '{person.spellings()[-1]}' WHERE topic = (SELECT min(topic) FROM lagesbild_store.chain)")
    assert any(hit.startswith("view lagesbild.balance") for hit in look_at_database(i, searcher)[0]), "an item in a view is not found"
    for name in list(ports):
        i.stop(name)
    record = next(iter(read_topic(i, "incidents").values()))[1]
    with Sender(i) as sender:
        sender.send(record, person.spellings()[0].encode(), topic="incidents")
        sender.send(record, b"", [("x", person.identity)], topic="incidents")
        sender.flush()
    found = look_at_incidents(i, searcher)[0]
    assert len(found) == 2, found


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as s:
        return s.getsockname()[1]


def main():
    say(f"seed {SEED}; sources: {', '.join(SOURCES)}")
    persons = people(SEED, SOURCES)
    searcher = Searcher(persons.values())
    with Installation("personal") as i:
        sources = load_sources(i)
        ports = {name: free_port() for name in [*(f"normalizer-{s}" for s in SOURCES), AGGREGATOR]}
        for name, port in ports.items():
            i.start(name, env={"LAGESBILD_HTTP_PORT": str(port)})
        wait_for("all are ready", lambda: all("event=assigned" in i.log(n) for n in i.processes), 120)
        sent = plant(i, sources, persons)
        say("planted " + ", ".join(f"{n} {way}" for way, n in sent.items()))
        say("  verify: " + i.verify(300).strip().splitlines()[-1])
        assert balance(i)["received"] == sum(sent.values()), balance(i)
        look_everywhere(i, searcher, sources, ports)
        check_searcher(i, searcher, sources, persons, ports)
        say("  the searcher finds every spelling, in a log, a table, a view, a record and a header")


if __name__ == "__main__":
    main()
