#!/usr/bin/env python3
"""Runs the named benchmarks and prints the table; called by run.sh, which starts the servers."""
import argparse
import os
import sys

import alone
import backlog
import council
import editions
import live
import national
import page
import probe
import promote
import rebuild
from installation import Installation

BENCHES = {
    "line": backlog.line, "normalizer": alone.normalizer, "sources": alone.sources, "aggregator": alone.aggregator, "live": live.live,
    "national": national.national, "recovery": live.recovery, "memory": live.memory, "growth": backlog.growth, "flat": backlog.flat,
    "promote": promote.promote, "api": council.council, "page": page.page, "pdf": page.pdf,
    "revisions": editions.revisions, "rebuild": rebuild.rebuild,
}


def warm_up():
    """One small installation through the whole line: the broker makes its topic of offsets and compiles its hot paths, as in any that has run a while."""
    with Installation("bench_warm") as i, probe.Session(i.env) as session:
        backlog.drain(i, session, backlog.publish(i, 1))
        for name in backlog.SERVICES:
            i.stop(name)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--long", action="store_true", help="growth up to 16 million rows, flat and api over 10 million messages")
    parser.add_argument("name", nargs="*", help=" ".join(BENCHES))
    options = parser.parse_args()
    unknown = [n for n in options.name if n not in BENCHES]
    if unknown:
        parser.error(f"no such benchmark: {' '.join(unknown)}")
    table = probe.Table()
    print(f"Maskin: {probe.machine()}", flush=True)
    warm_up()
    failed = 0
    for name in options.name or BENCHES:
        print(f"{name} …", flush=True)
        try:
            BENCHES[name](table, options)
        except Exception as e:  # pylint: disable=broad-except # the others' figures must not be lost with it
            print(f"{name}: {type(e).__name__}: {e}", file=sys.stderr, flush=True)
            failed += 1
    table.show()
    print(f"Last vid slutet: {os.getloadavg()[0]:.1f}. Jämförelser mellan körningar gäller bara kvoterna.")
    return 1 if failed or table.missed else 0


if __name__ == "__main__":
    sys.exit(main())
