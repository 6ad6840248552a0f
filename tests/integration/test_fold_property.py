"""Runs fold_property_test inside an installation: thousands of generated streams against the sorted one."""
import os
import random
import subprocess
import sys

from installation import BUILD, Installation

CASES = int(os.environ.get("FOLD_CASES", "2000"))
SEED = int(os.environ.get("FOLD_SEED", str(random.randrange(1 << 30))))

with Installation("fold") as i:
    # The tables are the test's own: what it asks is the outcome, not durability.
    env = {**i.env, "PGOPTIONS": "-c synchronous_commit=off"}
    done = subprocess.run([os.path.join(BUILD, "tests", "fold_property_test"), str(CASES), str(SEED)], env=env, check=False)
    sys.exit(done.returncode)
