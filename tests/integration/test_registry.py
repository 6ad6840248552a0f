"""Avro in Confluent's framing: while the schema registry is away the normalizer waits and loses nothing; an id that the registry does
not know is rejected; the order stays; a stop gets through while the registry keeps silent.
"""
import base64
import json
import os
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import messages
from faults import balance, say
from installation import ROOT, Installation, wait_for
from messages import Sender, avro_body
from test_hostile import NORMALIZER, good, notice

KNOWN, RECURSIVE, UNKNOWN = 7, 8, 9
SECRET = "HEMLIGTXQ"
LOOP = {"type": "record", "name": "L", "fields": [{"name": "next", "type": ["null", "L"]}]}


class Registry:
    """A stub: status 503, silence, or the answers of a registry, as the test says. What it was asked for is kept."""

    def __init__(self):
        with open(os.path.join(ROOT, "schemas", "feeds", "press.avsc"), encoding="utf-8") as f:
            self.schemas = {KNOWN: f.read(), RECURSIVE: json.dumps(LOOP)}
        self.mode, self.asked, self.passwords = "down", [], set()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                outer.answer(self)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.silence = threading.Event()
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()
        self.url = f"http://anna:{SECRET}@127.0.0.1:{self.server.server_port}/r"

    def answer(self, request):
        number = int(request.path.removeprefix("/r/schemas/ids/"))
        self.asked.append(number)
        self.passwords.add(base64.b64decode(request.headers["Authorization"].split()[1]).decode())
        if self.mode == "silent":
            self.silence.wait(60)
            return
        status, body = 404, {"error_code": 40403, "message": "Schema not found"}
        if self.mode == "down":
            status, body = 503, {"error_code": 50302}
        elif number in self.schemas:
            status, body = 200, {"schema": self.schemas[number]}
        request.send_response(status)
        request.send_header("Content-Type", "application/vnd.schemaregistry.v1+json")
        request.end_headers()
        request.wfile.write(json.dumps(body).encode())

    def close(self):
        self.silence.set()
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


def framed(schema, body):
    return b"\0" + schema.to_bytes(4, "big") + body


def send(i):
    """Each partition: JSON, Avro by the registry, an unknown id, a schema that cannot be used, Avro again, JSON. How many were sent."""
    with Sender(i) as sender:
        for partition in range(i.partitions):
            n = 7000 + 10 * partition
            for value in (good(n), framed(KNOWN, avro_body(notice(n + 1))), framed(UNKNOWN, avro_body(notice(n + 2))),
                          framed(RECURSIVE, b"\0"), framed(KNOWN, avro_body(notice(n + 3))), framed(KNOWN, b"\1"), good(n + 4)):
                sender.send(value, partition=partition)
        sender.flush()
    return 7 * i.partitions


def waits_for_the_registry(i, registry):
    process = i.start(NORMALIZER, env={"SCHEMA_REGISTRY_URL": registry.url})
    sent = send(i)
    wait_for("three questions", lambda: len(registry.asked) >= 3)
    assert process.poll() is None, "the normalizer ended because the registry was away"
    wait_for("what stands before the first framed message of one partition", lambda: balance(i)["received"] >= 1)
    b = balance(i)
    assert b["rejected"] == 0, f"rejected because the registry was away: {b}"
    assert b["received"] <= i.partitions, f"something was passed over: {b}"
    registry.mode = "up"
    i.verify(60)
    b = balance(i)
    assert (b["received"], b["rejected"], b["lost"], b["difference"]) == (sent, 3 * i.partitions, 0, 0), b
    assert b["upserted"] == 4 * i.partitions, b
    rows = i.psql('SELECT "offset", reason, count(*), min(detail) FROM lagesbild.dead_letter GROUP BY 1, 2 ORDER BY 1')
    assert [row[:3] for row in rows] == [["2", "unknown-schema", "4"], ["3", "unknown-schema", "4"], ["5", "schema", "4"]], rows
    assert "does not know" in rows[0][3] and "recursive" in rows[1][3], rows
    assert registry.passwords == {"anna:" + SECRET}, registry.passwords
    say(f"waited, then {sent} messages, {b['rejected']} rejected; {b['redelivered']} told again")


def origin(record):
    """(operation, offset, sequence) of a record of topic incidents, by schemas/incident.avsc."""
    r = messages.AvroReader(record)
    r.at = 10 + 16
    operation = r.long()
    r.optional(), r.optional(), r.bytes()
    r.long(), r.long()
    return operation, r.long(), r.long()


def keeps_the_order(i):
    """One record for each message of a partition, in the feed's order, and none twice."""
    partitions = {}
    for (partition, _), (_, value) in sorted(messages.read_topic(i, "incidents").items()):
        partitions.setdefault(partition, []).append(origin(value))
    expected = [(operation, n, n + 1) for n, operation in enumerate((0, 0, 2, 2, 0, 2, 0))]
    for partition in range(i.partitions):
        assert partitions.get(partition) == expected, partitions


def asks_once(i, registry):
    """What is known is not asked for again; nor is, for a minute, what is not."""
    before = len(registry.asked)
    with Sender(i) as sender:
        for n in range(50):
            sender.send(framed(KNOWN, avro_body(notice(7500 + n))), partition=n % i.partitions)
            sender.send(framed(UNKNOWN, b""), partition=n % i.partitions)
        sender.flush()
    i.verify(60)
    assert len(registry.asked) == before, registry.asked[before:]


def stops_in_silence(i, registry):
    registry.mode = "silent"
    before = len(registry.asked)
    with Sender(i) as sender:
        sender.send(framed(4711, b""))
        sender.flush()
    wait_for("the question", lambda: len(registry.asked) > before)
    since = time.monotonic()
    i.stop(NORMALIZER)
    seconds = time.monotonic() - since
    assert seconds < 5, f"the stop took {seconds:.1f} s"
    say(f"stopped within {seconds:.1f} s of silence")
    assert SECRET not in i.log(NORMALIZER), "the registry's password stands in the log"
    registry.mode = "up"
    registry.silence.set()
    i.start(NORMALIZER)  # without a registry: a reject that says what to set
    i.verify(60)
    detail = i.value("SELECT detail FROM lagesbild.dead_letter ORDER BY received_at DESC LIMIT 1")
    assert "SCHEMA_REGISTRY_URL" in detail, detail


def refuses_a_wrong_url(i):
    for url in ("ftp://h/" + SECRET, "http://h/?" + SECRET):
        done = i.run(NORMALIZER, check=False, env={"SCHEMA_REGISTRY_URL": url})
        assert done.returncode == 2 and "SCHEMA_REGISTRY_URL" in done.stderr and SECRET not in done.stderr, done.stderr


def main():
    os.environ["no_proxy"] = "127.0.0.1"
    registry = Registry()
    try:
        with Installation("registry") as i:
            i.start("aggregator")
            waits_for_the_registry(i, registry)
            keeps_the_order(i)
            asks_once(i, registry)
            stops_in_silence(i, registry)
            refuses_a_wrong_url(i)
    finally:
        registry.close()


if __name__ == "__main__":
    main()
