"""Runs kafka_writer_test inside an installation's topic prefix: exact copies of a topic."""
import os
import subprocess
import sys

from installation import BUILD, Installation

with Installation("writer", setup=False) as i:
    sys.exit(subprocess.run([os.path.join(BUILD, "tests", "kafka_writer_test")], env=i.env, check=False).returncode)
