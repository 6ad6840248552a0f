"""Makes a fixture of a release: an installation as that release's own programs and schema make it, small, of made-up data, backed up.

  git worktree add /tmp/release COMMIT, build it there (cmake -B build ...), then with the servers' environment
  PYTHONPATH=/tmp/release/tests/lib BUILD=/tmp/release/build LAGESBILD=build/bin/lagesbild make.py NAME

BUILD: that release's programs; LAGESBILD: the program that makes the backup (its own, if it has the command). The result is tests/releases/NAME:
the backup, and cells.csv, view month_cell as that release showed it. test_release.py restores it with the programs of today.
"""
import os
import shutil
import subprocess
import sys

from installation import ROOT, Installation

HERE = os.path.dirname(os.path.abspath(__file__))
PASSPHRASE = "a fixture is no secret"  # made-up data
COLUMNS = "month, municipality, area, category, source, n, n_suppressed"


def small_files(i):
    """Reference data without the outlines, which are most of it."""
    for what, root in (("schemas", os.path.join(ROOT, "schemas")), ("pack", os.path.join(ROOT, "deploy", "kumla"))):
        shutil.copytree(root, os.path.join(i.dir, what), ignore=shutil.ignore_patterns("*json", "sql", "feeds", "README*"))
    return {"LAGESBILD_SCHEMAS": os.path.join(i.dir, "schemas"), "LAGESBILD_PACK": os.path.join(i.dir, "pack")}


def main(name):
    target = os.path.join(HERE, name)
    i = Installation("release", partitions=2, setup=False)
    i.name, i.prefix = f"release_{name}", f"release_{name}."
    i.env.update(PGDATABASE=i.name, LAGESBILD_TOPIC_PREFIX=i.prefix, LAGESBILD_REPLICATION="1")
    with i:
        i.run("lagesbild", "setup")
        for source in ("press", "police", "rescue"):
            i.start(f"normalizer-{source}")
        i.start("aggregator")
        i.run("simulator", "--from", "2026-03", "--to", "2026-04", "--seed", "11", "--sources", "press,police,rescue", "--broken", "1")
        i.verify()
        env = {**i.env, **small_files(i), "LAGESBILD_BACKUP_PASSPHRASE": PASSPHRASE}
        env.pop("LAGESBILD_BUILD", None)
        shutil.rmtree(target, ignore_errors=True)
        subprocess.run([os.environ["LAGESBILD"], "backup", target], env=env, check=True)
        with open(os.path.join(target, "cells.csv"), "w", encoding="utf-8") as f:
            f.writelines(",".join(row) + "\n" for row in i.psql(f"SELECT {COLUMNS} FROM lagesbild.month_cell ORDER BY 1, 2, 3, 4, 5"))


if __name__ == "__main__":
    main(sys.argv[1])
