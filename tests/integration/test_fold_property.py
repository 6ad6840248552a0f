"""Runs fold_property_test inside an installation: thousands of generated streams against the sorted one.

A tenth of them in the sanitizer tree, the rest in the Release tree, which is several times as fast. FOLD_CASES and FOLD_SEED choose others.
"""
import os
import random
import subprocess
import sys

from installation import BUILD, ROOT, Installation

CASES = int(os.environ.get("FOLD_CASES", "2000"))
SEED = int(os.environ.get("FOLD_SEED", str(random.randrange(1 << 30))))


def run(tree, env, cases, seed):
    done = subprocess.run([os.path.join(tree, "tests", "fold_property_test"), str(cases), str(seed)], env=env, check=False)
    if done.returncode != 0:
        sys.exit(done.returncode)


with Installation("fold") as i:
    # The tables are the test's own: what it asks is the outcome, not durability.
    env = {**i.env, "PGOPTIONS": "-c synchronous_commit=off"}
    run(BUILD, env, CASES // 10, SEED)
    run(os.path.join(ROOT, "build"), env, CASES - CASES // 10, SEED + CASES)
