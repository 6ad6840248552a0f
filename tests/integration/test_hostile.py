"""Whatever comes on a feed becomes exactly one record; what is wrong is rejected with its reason and kept byte for byte; nothing that a
person wrote passes on. Through the real normalizer and aggregator.
"""
import base64
import gzip
import json
import os
import subprocess

import messages
from faults import balance, say
from installation import Installation, wait_for
from messages import Sender, avro_body, avro_frame, avro_long, avro_text, signature

NORMALIZER = "normalizer-press"
LIMIT = 1 << 20
LETTER_ROOM = LIMIT + (100 << 10)  # what a dead letter surely keeps of key and value together
SECRET = "HEMLIGTXQ"  # stands in every bad message; no detail may quote it
DATETIME = "2026-05-26 19:04:45 +02:00"
OK, WITHDRAW = "ok", "withdraw"


def notice(number, **changes):
    """A good notice; a change to None leaves the field out."""
    event = {"id": number, "datetime": DATETIME, "name": "26 maj 17.40, Skadegörelse, Kumla", "summary": SECRET, "url": "/" + SECRET,
             "type": "Skadegörelse", "location": {"name": "Kumla", "gps": "59.12,15.14"}}
    event.update(changes)
    return {name: value for name, value in event.items() if value is not None}


def as_json(event):
    return json.dumps(event, ensure_ascii=False).encode()


def good(number, **changes):
    return as_json(notice(number, **changes))


def padded(number, size):
    """A good notice of exactly `size` bytes."""
    short = good(number, summary="")
    return good(number, summary="a" * (size - len(short)))


def nested(depth):
    return good(1)[:-1] + b', "x": ' + b"[" * depth + b"]" * depth + b"}"


def json_cases():
    whole = good(100)
    yield "truncated", whole[:-7], "syntax"
    yield "truncated within a text", whole[:40], "syntax"
    yield "empty", b"", "syntax"
    yield "blank", b"  \n", "syntax"
    yield "an array", b"[" + whole + b"]", "schema"
    yield "a number", b"42", "schema"
    yield "null in words", b"null", "schema"
    yield "something behind the end", whole + b"x", "syntax"
    yield "two objects", whole + whole, "syntax"
    yield "single quotes", b"{'id': 1}", "syntax"
    yield "a comment", b"/* */" + whole, "syntax"
    yield "nested to the limit", nested(15), OK
    yield "nested deeper", nested(16), "syntax"
    yield "nested very deeply", nested(100000), "syntax"
    yield "too many keys", as_json({**notice(101), **{f"k{n}": 0 for n in range(200)}}), "too-large"
    yield "a key twice", whole[:-1] + b', "type": "HEMLIGTXQ"}', "syntax"
    yield "a key twice, once escaped", whole[:-1] + b', "\\u0074ype": "HEMLIGTXQ"}', "syntax"
    yield "a key twice below", good(102).replace(b'"gps"', b'"name"'), "syntax"
    yield "invalid UTF-8", whole.replace("ö".encode(), b"\xff", 1), "encoding"
    yield "overlong UTF-8", whole.replace("ö".encode(), b"\xc0\xaf", 1), "encoding"
    yield "a surrogate in UTF-8", whole.replace("ö".encode(), b"\xed\xa0\x80", 1), "encoding"
    yield "half a surrogate pair", whole.replace("ö".encode(), b"\\ud800", 1), "encoding"
    yield "an escaped NUL", whole.replace("ö".encode(), b"\\u0000", 1), "encoding"
    yield "a raw NUL in a text", whole.replace("ö".encode(), b"\0", 1), "syntax"
    yield "NULs behind the end", whole + b"\0\0", "syntax"
    yield "a raw line break in a text", whole.replace("ö".encode(), b"\n", 1), "syntax"
    yield "UTF-16", whole.decode().encode("utf-16"), "syntax"
    yield "gzip", gzip.compress(whole), "syntax"


def field_cases():
    for name in ("id", "datetime", "type", "location"):
        yield f"without {name}", good(110, **{name: None}), "missing-field"
        event = notice(111)
        event[name] = None
        yield f"{name} null", as_json(event), "missing-field"
        wrong = "missing-field" if name == "location" else "bad-value"  # it is location.name that is asked for
        yield f"{name} an array", good(112, **{name: [SECRET]}), wrong
        yield f"{name} true", good(113, **{name: True}), wrong
    yield "without name", good(114, name=None), "bad-time"
    yield "location a text", good(115, location=SECRET), "missing-field"
    yield "location without name", good(116, location={"gps": SECRET}), "missing-field"
    yield "datetime a number", good(117, datetime=1779900000), "bad-value"
    yield "type an object", good(118, type={"name": SECRET}), "bad-value"
    yield "type blank", good(119, type=" \u00a0 "), "missing-field"
    yield "type of 300 bytes", good(120, type="x" * 300), "too-large"
    for number in ("-1", "1.5", "1e3", "9223372036854775808", "18446744073709551616", "1" + "0" * 400, "NaN", "0x10", "01", "+1", '"1x"', '""',
                   '"' + SECRET + '"'):
        reason = "syntax" if number in ("NaN", "+1") else "bad-value"
        yield f"id {number[:24]}", good(7777777).replace(b"7777777", number.encode(), 1), reason
    for text in (SECRET, "", "2026-13-01 10:00:00 +02:00", "2026-05-26", "9999-05-26 19:04:45 +02:00", "2026-05-26 25:00:00 +02:00"):
        yield f"datetime {text!r}", good(121, datetime=text), "bad-time"
    for text in (SECRET, "32 maj 17.40, x, Kumla", "30 februari 17.40, x, Kumla", "26 maj 24.10, x, Kumla", "26 maj, x", "26 mars 17.4, x"):
        yield f"name {text!r}", good(122, name=text), "bad-time"


def avro_cases():
    body = avro_body(notice(130))
    yield "Avro", avro_frame(body), OK
    yield "Avro with a wrong fingerprint", avro_frame(body, 0x1122334455667788), "unknown-schema"
    yield "Avro, its head alone", avro_frame(b""), "schema"
    yield "Avro, half a head", avro_frame(b"")[:6], "schema"
    yield "Avro truncated", avro_frame(body[:-3]), "schema"
    yield "Avro with bytes behind", avro_frame(body + b"\0"), "schema"
    yield "Avro with a length below zero", avro_frame(avro_long(130) + avro_long(-5) + body[3:]), "schema"
    yield "Avro with a length beyond the end", avro_frame(avro_long(130) + avro_long(1 << 40) + body[3:]), "schema"
    yield "Avro with a number of 12 bytes", avro_frame(b"\xff" * 11 + b"\1" + body[2:]), "schema"
    yield "Avro with a union's branch 7", avro_frame(body[:-len(avro_text("/" + SECRET)) - 1] + avro_long(7)), "schema"
    yield "Avro with invalid UTF-8", avro_frame(body.replace("ö".encode(), b"\xff\xfe", 1)), "encoding"
    yield "Avro with a NUL", avro_frame(body.replace("ö".encode(), b"\0\0", 1)), "encoding"
    yield "Confluent's frame without a registry", b"\0\0\0\0\1" + body, "unknown-schema"


def plain_cases():
    """name, value, expected; sent without a key."""
    yield from json_cases()
    yield from field_cases()
    yield from avro_cases()


def wrapped(event, **changes):
    envelope = {"specversion": "1.0", "id": "1", "source": "/x", "type": "t", "data": event, **changes}
    return as_json({name: value for name, value in envelope.items() if value is not None})


def envelope_cases():
    """name, value, key, headers, expected."""
    structured = [("content-type", "application/cloudevents+json; charset=UTF-8")]
    yield "structured", wrapped(notice(140)), b"140", structured, OK
    yield "structured with its time", wrapped(notice(141), time="2026-05-26T20:00:00Z"), None, structured, OK
    yield "structured without data", wrapped(None), None, structured, "missing-field"
    yield "structured with a wrong time", wrapped(notice(142), time=SECRET), None, structured, "bad-time"
    yield "structured around a text", wrapped(SECRET), None, structured, "schema"
    yield "structured, truncated", wrapped(notice(143))[:-1], None, structured, "syntax"
    yield "a batch", b"[]", None, [("content-type", "application/cloudevents-batch+json")], "schema"
    yield "of type CSV", good(144), None, [("content-type", "text/csv")], "schema"
    yield "of type " + SECRET, good(145), None, [("content-type", SECRET)], "schema"
    yield "of an empty type", good(146), None, [("content-type", "")], OK
    yield "Avro called JSON", avro_frame(avro_body(notice(147))), None, [("content-type", "application/json")], OK
    yield "a wrong ce_time", good(148), None, [("ce_time", SECRET)], "bad-time"
    yield "a ce_time in the far future", good(149), None, [("ce_time", "2099-01-01T00:00:00Z")], "bad-time"
    yield "a null header", good(150), None, [("ce_time", None), ("x", None)], OK
    yield "a hundred headers", good(151), None, [(f"h{n}", b"\xff" * 100) for n in range(100)], OK
    yield "a hundred headers, broken", b"{", None, [(f"h{n}", b"\xff" * 100) for n in range(60)], "syntax"


def key_cases():
    yield "the right key", good(160), b"160", [], OK
    yield "another key", good(161), b"162", [], "bad-value"
    yield "a key with a blank", good(163), b"163 ", [], "bad-value"
    yield "an empty key", good(164), b"", [], OK
    yield "a key that is no UTF-8", good(165), b"\xff\xfe", [], "encoding"
    yield "a key of 129 bytes", good(166), b"1" * 129, [], "bad-value"
    yield "a key of 600 kB", good(167), os.urandom(600000), [], "bad-value"
    yield "a key of 600 kB and no value", None, os.urandom(600000), [], "bad-value"
    yield "null with a key", None, b"160", [], WITHDRAW
    yield "null with an unknown key", None, b"never seen", [], WITHDRAW
    yield "null without a key", None, None, [], "missing-field"
    yield "null with an empty key", None, b"", [], "missing-field"
    yield "null of type CSV", None, b"168", [("content-type", "text/csv")], WITHDRAW


def size_cases():
    """Compressed by the producer, far more than the topic's max.message.bytes can come out."""
    yield "exactly at the limit", padded(170, LIMIT), None, [], OK
    yield "one byte over", padded(171, LIMIT + 1), None, [], "too-large"
    yield "1.2 MiB that lz4 cannot press", padded(172, 100)[:-30] + base64.b64encode(os.urandom(LIMIT * 9 // 10)) + b'"}', None, [], "too-large"
    yield "eight MiB", padded(173, 8 * LIMIT), None, [], "too-large"
    yield "eight MiB of nothing", b"\0" * (8 * LIMIT), b"174", [], "too-large"


def all_cases():
    for name, value, expected in plain_cases():
        yield name, value, None, [], expected
    yield from envelope_cases()
    yield from key_cases()
    yield from size_cases()


def send_cases(i):
    """Everything to partition 0, so that offset n is case n. The cases."""
    cases = list(all_cases())
    with Sender(i, {"compression.codec": "gzip"}) as sender:
        for _, value, key, headers, _ in cases:
            sender.send(value, key, headers)
        for partition in range(i.partitions):
            sender.send(good(900 + partition, type="Rån"), partition=partition)
        sender.flush()
    return cases


def judge(cases, rows):
    """What is wrong with the dead letters' rows {offset: (reason, detail)}, as sentences."""
    for offset, (name, _, _, _, expected) in enumerate(cases):
        reason, detail = rows.pop(offset, ("none", ""))
        if expected in (OK, WITHDRAW):
            if reason != "none":
                yield f"{name}: rejected as {reason} ({detail})"
            continue
        if reason not in ([expected] if isinstance(expected, str) else expected):
            yield f"{name}: {reason} ({detail}), not {expected}"
        if SECRET in detail or not detail:
            yield f"{name}: the detail quotes the input, or is empty: {detail}"
    for offset, row in rows.items():
        yield f"offset {offset}, a good message, was rejected: {row}"


def judge_letters(i, cases):
    """Each rejected message's bytes are kept; of one that is too large at least where it stands."""
    found = messages.letters(i)
    for offset, (name, value, key, headers, expected) in enumerate(cases):
        letter = found.pop((0, offset), None)
        if expected in (OK, WITHDRAW):
            if letter:
                yield f"{name}: has a dead letter"
            continue
        if not letter:
            yield f"{name}: has no dead letter"
            continue
        fits = len(value or b"") + 2 * len(key or b"") <= LETTER_ROOM
        if fits and (letter["value"], letter["key"]) != (value, key):
            yield f"{name}: the dead letter does not hold the original bytes"
        if not fits and letter["value"] not in (None, value):
            yield f"{name}: the dead letter holds other bytes than were sent"
        if fits and [h for h, _ in headers] != [h for h, _ in letter["headers"]]:
            yield f"{name}: the dead letter lacks headers"


def every_case(i):
    cases = send_cases(i)
    total = len(cases) + i.partitions
    i.verify(60)
    rows = {int(offset): (reason, detail) for offset, reason, detail in
            i.psql('SELECT "offset", reason, detail FROM lagesbild.dead_letter WHERE partition = 0')}
    rejected = sum(expected not in (OK, WITHDRAW) for *_, expected in cases)
    wrong = list(judge(cases, dict(rows))) + list(judge_letters(i, cases))
    assert not wrong, "\n".join(wrong)
    b = balance(i)
    assert b["received"] == total and b["rejected"] == rejected and b["lost"] == 0 and b["difference"] == 0, (total, rejected, b)
    assert b["withdrawn"] + b["superseded"] + b["duplicate"] + b["upserted"] == total - rejected, b
    assert i.value("SELECT sum(n) FROM lagesbild.month_cell WHERE category = 'ROB'") == str(i.partitions), "good messages were not served"
    say(f"{total} messages, {rejected} rejected by their reasons")


def every_byte(i):
    """Each byte of one good message flipped, in two ways: one record for each, and the next message is served."""
    whole, before = good(200), balance(i)
    with Sender(i) as sender:
        for flip in (0x01, 0xFF):
            for n in range(len(whole)):
                sender.send(whole[:n] + bytes([whole[n] ^ flip]) + whole[n + 1:], partition=n % i.partitions)
        sender.flush()
    i.verify(60)
    after = balance(i)
    assert after["received"] - before["received"] == 2 * len(whole), (before, after)
    assert after["lost"] == 0 and after["difference"] == 0 and after["rejected"] > before["rejected"], after
    say(f"{2 * len(whole)} flipped bytes, {after['rejected'] - before['rejected']} rejected")


# ---- what a right message is ----

def figure(i, category="*"):
    where = "" if category == "*" else f"WHERE category = '{category}'"
    return int(i.value(f"SELECT coalesce(sum(n), 0) FROM lagesbild.month_cell {where}"))


def same_by_avro(i):
    """The same notice as JSON and as Avro is one event told twice."""
    before = balance(i)
    with Sender(i) as sender:
        sender.send(good(5300), b"5300")
        sender.send(avro_frame(avro_body(notice(5300))), b"5300")
        sender.flush()
    i.verify(60)
    after = balance(i)
    assert (after["upserted"] - before["upserted"], after["duplicate"] - before["duplicate"]) == (1, 1), (before, after)


def signed_headers(i):
    """The operator's headers count with a valid signature, and are as if absent without one."""
    early, late, micros = "2026-05-27T10:00:00Z", "2026-05-27T11:00:00Z", "1779883200000000"  # 12.00
    rob, dam = good(5310, type="Rån"), good(5310)
    before = figure(i, "ROB")
    with Sender(i) as sender:
        sender.send(dam, b"5310", [("ce_time", late)])
        sender.send(rob, b"5310", [("ce_time", early), ("lagesbild-revision", micros), ("lagesbild-signature", "0" * 64)])
        sender.flush()
        i.verify(60)
        assert figure(i, "ROB") == before, "a revision with a bad signature counted"
        sender.send(rob, b"5310", [("ce_time", early), ("lagesbild-revision", micros),
                                  ("lagesbild-signature", signature(i, rob, b"5310", revision=micros))])
        sender.flush()
        i.verify(60)
        assert figure(i, "ROB") == before + 1, "a revision with a valid signature did not count"
        backfill(i, sender)


def backfill(i, sender):
    """Signed history is no late arrival; what it replaces has that cause. With another message's signature it is late like any other."""
    def causes():
        return dict(i.psql("SELECT cause, count(*) FROM lagesbild.change GROUP BY 1"))

    def send(value, key, signed):
        sender.send(value, key, [("lagesbild-backfill", "1"), ("lagesbild-signature", signature(i, signed, key, backfill="1"))])
        sender.flush()
        i.verify(60)
        return causes()

    before, one, two = causes(), good(5311), good(5312)
    assert send(one, b"5311", one) == before, "signed history was logged as a change"
    late = {**before, "late": str(int(before["late"]) + 1)}
    assert send(two, b"5312", one) == late, "history with a bad signature was not late"
    other = good(5311, type="Rån")
    assert send(other, b"5311", other) == {**late, "backfill": "2"}, "what signed history replaced has not its cause: out of a cell, into another"


# ---- personal data ----

PERSONAL = ("19850101-1234", "850101-1234", "070-123 45 67", "anna.hemlig@example.se", "Anna Hemligsdotter", "Hemligsgatan")


def tables(i):
    return subprocess.run(["pg_dump", "--data-only", i.name], env=i.env, capture_output=True, check=True).stdout


def personal_data(i):
    """What a person wrote in a text, a type, a place or a broken field is found nowhere behind the feed but in the dead letter."""
    words = " ".join(PERSONAL)
    marks = [word.encode() for word in PERSONAL]
    events = [notice(400, summary=words, url=words), notice(401, type=words[:200]), notice(402, location={"name": words[:200], "gps": words}),
              notice(403, name=f"26 maj 17.40, {words}, {words}"), notice(404, extra=words), notice(405, datetime=words[:60]),
              notice(406, name=words), notice(words)]
    with Sender(i) as sender:
        for event in events:
            sender.send(as_json(event))
        sender.send(as_json(events[0])[:-3], words.encode())
        sender.send(None, PERSONAL[0].encode())
        sender.flush()
    i.verify(60)
    assert any(marks[0] in letter["value"] for letter in messages.letters(i).values() if letter["value"]), "the dead letters keep the bytes"
    dumps = {"a table": tables(i), "topic incidents": b"".join(value for _, value in messages.read_topic(i, "incidents").values())}
    for name in (NORMALIZER, "aggregator"):
        dumps[f"{name}'s log"] = i.log(name).encode()
    assert b"COPY lagesbild_store.reject" in dumps["a table"] and len(dumps["topic incidents"]) > 10000
    return [f"{mark.decode()} stands in {where}" for where, text in dumps.items() for mark in marks if mark in text]


def main():
    with Installation("hostile") as i:
        for name in (NORMALIZER, "aggregator"):
            i.start(name)
        wait_for("both are ready", lambda: all("event=assigned" in i.log(n) for n in i.processes))
        for check in (every_case, every_byte, same_by_avro, signed_headers):
            say(check.__name__)
            check(i)
        say("personal_data")
        found = personal_data(i)
        assert not found, "\n".join(found)
        for name in list(i.processes):
            assert "session-ended" not in i.log(name), f"{name} had to begin again"
            i.stop(name)


if __name__ == "__main__":
    main()
