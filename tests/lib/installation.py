"""An installation of its own on the test run's Kafka and PostgreSQL: a database, a topic prefix, keys, services as processes.

tests/run.sh starts the servers and exports KAFKA_BOOTSTRAP_SERVERS and PG*; BUILD names the tree (build-san). Every wait is for a
condition with a deadline; what fails prints the services' logs.
"""
import csv
import io
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("BUILD", os.path.join(ROOT, "build-san"))
SAMPLE = os.path.join(ROOT, "deploy", "sample", "press-orebro.ndjson.xz")


def archive():
    """The large archive where it is, else the packaged sample."""
    data = os.path.join(ROOT, os.environ.get("DEMO_DATA", "../shared/data"), "police-events.ndjson.xz")
    return data if os.path.exists(data) else SAMPLE


def wait_for(what, condition, seconds=60):
    """Poll condition() until it is true; its value. A deadline passed is an error that names what was waited for."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise TimeoutError(f"{what}: not within {seconds} s")
        time.sleep(0.05)


class Installation:
    """with Installation("name") as i: ... — torn down at the end, whatever happens."""

    def __init__(self, name, partitions=4, setup=True):
        self.name = f"{name}_{secrets.token_hex(3)}"
        self.prefix = self.name + "."
        self.dir = tempfile.mkdtemp(prefix=f"lagesbild-{name}-")
        self.partitions = partitions
        self.processes = {}
        self.failed = False
        self.do_setup = setup
        self.env = dict(os.environ)
        self.env.update(
            # One build, no parent: a process that a test kills is the one that works. PARENT (lib/builds.py) undoes it.
            LAGESBILD_BUILD="live", PGDATABASE=self.name, LAGESBILD_TOPIC_PREFIX=self.prefix, LAGESBILD_PARTITIONS=str(partitions),
            LAGESBILD_SCHEMAS=os.path.join(ROOT, "schemas"), LAGESBILD_PACK=os.path.join(ROOT, "deploy", "kumla"))
        for key in ("key", "operator_key"):
            path = os.path.join(self.dir, key)
            with open(path, "w", encoding="ascii") as f:
                f.write(secrets.token_hex(32) + "\n")
            self.env[f"LAGESBILD_{key.upper()}_FILE"] = path

    def __enter__(self):
        self.psql_admin(f'CREATE DATABASE "{self.name}"')
        if self.do_setup:
            self.run("lagesbild", "setup")
        return self

    def __exit__(self, kind, value, trace):
        if kind is not None:
            self.failed = True
            # First, and in short: what shows the end or the beginning of this output shows the reason.
            print(f"--- {kind.__name__}: {str(value)[:2000]}", file=sys.stderr, flush=True)
        for name in list(self.processes):
            self.stop(name, check=False)
        if self.failed:
            self.print_logs()
        self.psql_admin(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')
        shutil.rmtree(self.dir, ignore_errors=True)

    def print_logs(self):
        for file in sorted(os.listdir(self.dir)):
            if file.endswith(".log"):
                with open(os.path.join(self.dir, file), encoding="utf-8", errors="replace") as f:
                    print(f"--- {file}\n" + "".join(f.readlines()[-40:]), file=sys.stderr)

    # ---- programs ----

    def program(self, name):
        return os.path.join(BUILD, "bin", name)

    def run(self, program, *args, check=True, env=None, stdin=None, timeout=120):
        """Run a program of the project to its end: CompletedProcess with text output."""
        done = subprocess.run([self.program(program), *args], env={**self.env, **(env or {})}, input=stdin, text=True,
                              capture_output=True, timeout=timeout, check=False)
        if check and done.returncode != 0:
            raise RuntimeError(f"{program} {' '.join(args)} exited {done.returncode}\n{done.stdout}\n{done.stderr}")
        return done

    def start(self, name, program=None, *args, env=None):
        """Start a service under a name; its output goes to <name>.log."""
        log = open(os.path.join(self.dir, f"{name}.log"), "ab")
        instance = {"LAGESBILD_INSTANCE": name}
        self.processes[name] = subprocess.Popen([self.program(program or name), *args], stdout=log, stderr=log,
                                                stdin=subprocess.DEVNULL, env={**self.env, **instance, **(env or {})})
        log.close()
        return self.processes[name]

    def stop(self, name, check=True, seconds=30):
        """SIGTERM, wait; a service must end with 0."""
        process = self.processes.pop(name)
        if process.poll() is None:
            process.send_signal(signal.SIGCONT)
            process.terminate()
        try:
            status = process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            status = "no end within the time"
        if check and status != 0:
            self.failed = True
            raise RuntimeError(f"{name} ended with {status}")
        return status

    def kill(self, name):
        process = self.processes.pop(name)
        process.kill()
        process.wait()

    def log(self, name):
        with open(os.path.join(self.dir, f"{name}.log"), encoding="utf-8", errors="replace") as f:
            return f.read()

    # ---- feed ----

    def collect(self, path, *args):
        """Publish an archive file (.xz or NDJSON) with the collector."""
        opener = ["xz", "-dc", path] if path.endswith(".xz") else ["cat", path]
        with subprocess.Popen(opener, stdout=subprocess.PIPE) as unpack:
            done = subprocess.run([self.program("collector"), "--source", "press", "--archive", "-", *args], stdin=unpack.stdout,
                                  env=self.env, text=True, capture_output=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"collector exited {done.returncode}\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def kcat(self, topic, *args, stdin=None):
        """Run kcat on one of our topics (name without prefix)."""
        return subprocess.run(["kcat", "-b", self.env["KAFKA_BOOTSTRAP_SERVERS"], "-t", self.prefix + topic, *args], input=stdin,
                              capture_output=True, check=True, timeout=60).stdout

    def produce(self, value, key=None, partition=None, headers=()):
        """One message of any bytes (or None) to feed.press."""
        path = os.path.join(self.dir, "message.bin")
        with open(path, "wb") as f:
            f.write(value if value is not None else b"")
        args = ["-P", "-l" if False else "-c", "1"]
        for name, content in headers:
            args += ["-H", f"{name}={content}"]
        if key is not None:
            args += ["-k", key]
        if partition is not None:
            args += ["-p", str(partition)]
        if value is None:
            args += ["-Z"]
        self.kcat("feed.press", *args, path) if value else self.kcat("feed.press", *args, "-Z", "/dev/null")

    # ---- database ----

    def psql_admin(self, sql):
        subprocess.run(["psql", "-qXAt", "-v", "ON_ERROR_STOP=1", "-c", sql], check=True, env=os.environ, capture_output=True)

    def psql(self, sql):
        """Rows of the answer as lists of texts."""
        done = subprocess.run(["psql", "-qXA", "-t", "--csv", "-v", "ON_ERROR_STOP=1", "-c", sql], env=self.env, text=True,
                              capture_output=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(done.stderr)
        return [row for row in csv.reader(io.StringIO(done.stdout)) if row]

    def value(self, sql):
        return self.psql(sql)[0][0]

    def month_cells(self, path):
        """month_cell as the reference prints it, into a file."""
        columns = "month,municipality,area,category,source,n,n_suppressed"
        rows = self.psql(f"SELECT {columns} FROM lagesbild.month_cell ORDER BY month, municipality, area, category, source")
        with open(path, "w", encoding="utf-8", newline="") as f:
            writer = csv.writer(f, lineterminator="\n")
            writer.writerow(columns.split(","))
            writer.writerows(rows)

    def verify(self, seconds=120):
        """Wait until everything published is accounted for and the tables agree; the command's output."""
        done = self.run("lagesbild", "verify", "--wait", str(seconds), check=False, timeout=seconds + 60)
        if done.returncode != 0:
            raise AssertionError(f"verify exited {done.returncode}\n{done.stdout}\n{done.stderr}")
        return done.stdout
