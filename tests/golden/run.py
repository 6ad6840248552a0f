#!/usr/bin/env python3
"""Golden pairs: what `normalizer-<source> --map` makes of messages exactly as published.

  run.py PROGRAM [CASES]

PROGRAM is build/bin/normalizer-<source>; CASES defaults to tests/golden/<source>. Each CASES/<case>.in holds one
message a line, <case>.out the incident expected for it, one JSON object a line. Adding a case is adding two
files. Left out of the comparison is what says when and from where the line was read, or which version of the
mapping it met: origin, received_at, mapping, a revision that is the time of reading, and how the JSON library
words a syntax error. A reject whose id could not be read has the id "origin".
Exit 0 when all agree, else 1 with the differences.
"""
import difflib
import hashlib
import json
import os
import pathlib
import subprocess
import sys

VOLATILE = ("origin", "received_at", "mapping")
READING_US = 4_102_358_400_000_000      # --map reads its lines from 2099-12-31 on


def origin_id(origin):
    """What stands for the agency's id where that could not be read."""
    if not origin:
        return None
    return hashlib.sha256("{topic}/{partition}/{offset}".format(**origin).encode()).hexdigest()[:32]


def normal(line):
    """One incident as lines of text, one field each, so that a difference names its field."""
    try:
        record = json.loads(line)
    except ValueError:
        return ["no JSON: " + line]
    if record.get("revision", 0) >= READING_US:
        del record["revision"]
    if record.get("reason") == "syntax":
        record.pop("detail", None)
    if record.get("incident_id", "").replace("-", "") == origin_id(record.get("origin")):
        record["incident_id"] = "origin"
    return [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in record.items() if name not in VOLATILE]


def blocks(text):
    lines = []
    for number, line in enumerate(text.splitlines(), 1):
        lines += [f"--- line {number}", *normal(line)]
    return lines


def differences(program, case, env):
    with open(case, "rb") as messages:
        done = subprocess.run([program, "--map"], stdin=messages, capture_output=True, env=env, timeout=60)
    if done.returncode != 0:
        return [f"exit status {done.returncode}", *done.stderr.decode(errors="replace").splitlines()]
    wanted = blocks(case.with_suffix(".out").read_text(encoding="utf-8"))
    return list(difflib.unified_diff(wanted, blocks(done.stdout.decode()), "expected", "made", lineterm="", n=3))


def main():
    if len(sys.argv) not in (2, 3):
        print(__doc__, file=sys.stderr)
        return 2
    program = pathlib.Path(sys.argv[1]).resolve()
    here = pathlib.Path(__file__).resolve().parent
    cases = pathlib.Path(sys.argv[2]) if len(sys.argv) == 3 else here / program.name.removeprefix("normalizer-")
    env = {name: value for name, value in os.environ.items() if name not in ("LAGESBILD_KEY", "LAGESBILD_KEY_FILE")}
    env.setdefault("LAGESBILD_SCHEMAS", str(here.parent.parent / "schemas"))
    env.setdefault("LAGESBILD_PACK", str(here.parent.parent / "deploy" / "kumla"))
    files, failed = sorted(cases.glob("*.in")), 0
    for case in files:
        found = differences(str(program), case, env)
        if found:
            failed += 1
            print(f"{case.name}:", *found, sep="\n  ")
    print(f"{len(files)} cases, {failed} failed")
    return 1 if failed or not files else 0


if __name__ == "__main__":
    sys.exit(main())
