#!/usr/bin/env python3
"""docker-compose.yml without a Docker daemon: reads the file and deploy/Dockerfile, and does with podman what `docker compose up` would.

  standin.py --check             no container: file, Dockerfile and services/ fit together (ctest's `compose`)
  standin.py [--keep]            with the images built (localhost/lagesbild-<target>): networks, volumes, secrets and containers in the
                                 file's order, with its environment, limits and health checks; publishes the demo's feeds (profile `demo`);
                                 month_cell must be what was meant, row by row: the Python reference's of the notices, the simulator's
                                 truth of the rest; then the same after a stop and a start, and after killing everything. --keep leaves
                                 it running.

What the file says and this script does not know is an error, so that nothing in it is skipped in silence. STANDIN_NO_CGROUPS=1: where
the kernel's control groups are out of reach, without limits of memory, CPUs and processes. Needs podman, python3-yaml and a build (BUILD).
"""
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time

import yaml

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
REFERENCE = os.path.join(ROOT, "tests", "reference")
SAMPLE = os.path.join(ROOT, "deploy", "sample", "press-orebro.ndjson.xz")
CELLS = "month,municipality,area,category,source,n,n_suppressed"
PROJECT = "lagesbild-standin"
SIMULATOR = os.path.join(os.environ.get("BUILD", os.path.join(ROOT, "build")), "bin", "simulator")
LIMITS = os.environ.get("STANDIN_NO_CGROUPS") != "1"
# One option a value: key of the file -> option of podman.
PLAIN = {"stop_signal": "--stop-signal", "shm_size": "--shm-size", "restart": "--restart"}
LIMITED = {"mem_limit": "--memory", "cpus": "--cpus", "pids_limit": "--pids-limit"}
LISTED = {"cap_drop": "--cap-drop", "security_opt": "--security-opt", "tmpfs": "--tmpfs"}
ELSEWHERE = {"build", "command", "depends_on", "environment", "healthcheck", "logging", "networks", "ports", "profiles", "read_only",
             "secrets", "stop_grace_period", "volumes"}


def say(text):
    print(text, flush=True)


def interpolate(value, env):
    """${NAME}, ${NAME:-default} and ${NAME:?message} in every string."""
    if isinstance(value, dict):
        return {k: interpolate(v, env) for k, v in value.items()}
    if isinstance(value, list):
        return [interpolate(v, env) for v in value]
    if not isinstance(value, str):
        return value

    def one(match):
        name, kind, text = match.groups()
        if not env.get(name) and kind == ":?":
            raise SystemExit(f"{name}: {text}")
        return env.get(name) or text or ""

    return re.sub(r"\$\{(\w+)(?:(:-|:\?)([^}]*))?\}", one, value)


def load(env):
    with open(os.path.join(ROOT, "docker-compose.yml"), encoding="utf-8") as f:
        return interpolate(yaml.safe_load(f), env)


# ---- the files against each other

def targets():
    with open(os.path.join(ROOT, "deploy", "Dockerfile"), encoding="utf-8") as f:
        return re.findall(r"^FROM \S+ AS (\S+)$", f.read(), re.M)


def check():
    """Every program has a target and an entry, every entry a target, and what is not written yet stands aside."""
    compose, known, wrong = load({"LAGESBILD_SECRETS": "/nowhere"}), targets(), []
    folders = sorted(d for d in os.listdir(os.path.join(ROOT, "services"))
                     if os.path.exists(os.path.join(ROOT, "services", d, "main.c")))
    programs = ["lagesbild" if d == "operator" else d for d in folders]
    built = {s["build"]["target"]: s for s in compose["services"].values()}
    for program in programs:
        if program not in known:
            wrong.append(f"deploy/Dockerfile has no target {program}")
        if program not in built:
            wrong.append(f"docker-compose.yml has no service of target {program}")
    with open(os.path.join(ROOT, "deploy", "Dockerfile"), encoding="utf-8") as f:
        if not re.search(r"^FROM \S+ AS lagesbild\n(?:(?!FROM ).*\n)*?COPY .*/normalizer-\* ", f.read(), re.M):
            wrong.append("deploy/Dockerfile: target lagesbild lacks the normalizers, which replay and deadletters ask")
    for name, service in compose["services"].items():
        for what in ("environment", "secrets", "networks", "volumes") if name.startswith("normalizer-") else ():
            if set(service[what]) - set(compose["services"]["lagesbild"][what]):
                wrong.append(f"docker-compose.yml: lagesbild lacks what {name} has of {what}: a replay would not be the same")
    for name, service in compose["services"].items():
        target = service["build"]["target"]
        if target not in known:
            wrong.append(f"docker-compose.yml: {name} wants target {target}, which deploy/Dockerfile lacks")
        for port in service.get("ports", []):
            if not port.startswith("127.0.0.1:"):
                wrong.append(f"docker-compose.yml: {name} is published beyond this machine: {port}")
        if not service.get("read_only") or service.get("cap_drop") != ["ALL"] or "mem_limit" not in service:
            wrong.append(f"docker-compose.yml: {name} is not guarded (read_only, cap_drop ALL, mem_limit)")
    with open(os.path.join(ROOT, "deploy", "demo.sh"), encoding="utf-8") as f:
        demo = shlex.split(re.search(r"^SIMULATOR=\((.*)\)$", f.read(), re.M).group(1))
    if compose["services"]["simulator"]["command"] != demo:
        wrong.append("docker-compose.yml: the simulator sends other feeds than the demo's")
    for text in wrong:
        print(text)
    say(f"{len(programs)} programs, {len(compose['services'])} services, {len(known)} stages: {len(wrong)} wrong")
    return 1 if wrong else 0


# ---- podman in Docker's place

def podman(*args, ok=True, **kw):
    done = subprocess.run(["podman", *args], capture_output=True, text=True, check=False, **kw)
    if ok and done.returncode != 0:
        raise RuntimeError(f"podman {' '.join(args)}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done


def seconds(text):
    return float(text.rstrip("s"))


def wait_for(what, condition, limit):
    end = time.monotonic() + limit
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"{what}: not within {limit:.0f} s")
        time.sleep(0.25)


class Standin:
    def __init__(self, env):
        self.file = load(env)
        self.services = self.file["services"]
        self.began = time.monotonic()

    def name(self, service):
        return f"{PROJECT}_{service}"

    def note(self, text):
        say(f"[{time.monotonic() - self.began:5.1f} s] {text}")

    def address(self, service, network):
        nets = json.loads(podman("inspect", self.name(service)).stdout)[0]["NetworkSettings"]["Networks"]
        return nets.get(f"{PROJECT}_{network}", {}).get("IPAddress")

    def networks(self, name, service):
        """Its networks, and the names of those who are there already (podman's own networks may lack a name server)."""
        for network in service["networks"]:
            yield f"--network={PROJECT}_{network}"
        for other in ("kafka", "postgres"):
            for network in service["networks"] if other != name else []:
                if network in self.services[other]["networks"] and network != "edge":
                    yield f"--add-host={other}:{self.address(other, network)}"

    def mounts(self, service):
        for mount in service.get("volumes", []):
            source, target = mount.split(":", 1)
            named = source in self.file["volumes"]
            yield f"--volume={PROJECT + '_' + source if named else os.path.join(ROOT, source)}:{target}"
        for secret in service.get("secrets", []):
            yield f"--volume={self.file['secrets'][secret]['file']}:/run/secrets/{secret}:ro"

    def options(self, name):
        service = self.services[name]
        unknown = set(service) - set(PLAIN) - set(LIMITED) - set(LISTED) - ELSEWHERE
        if unknown:
            raise SystemExit(f"{name}: this script does not know {', '.join(sorted(unknown))}")
        out = [f"--env={k}={v}" for k, v in service.get("environment", {}).items()]
        out += [f"{option}={service[key]}" for key, option in PLAIN.items() if key in service]
        out += [f"{option}={item}" for key, option in LISTED.items() for item in service.get(key, [])]
        out += [f"{option}={service[key]}" for key, option in LIMITED.items() if key in service and LIMITS]
        out += [] if LIMITS else ["--cgroups=disabled"]
        out += ["--read-only"] if service.get("read_only") else []
        out += [f"--publish={port}" for port in service.get("ports", [])]
        return out + [*self.networks(name, service), *self.mounts(service)]

    def image(self, name):
        return f"localhost/lagesbild-{self.services[name]['build']['target']}"

    def command(self, name):
        command = self.services[name].get("command", [])
        return command.split() if isinstance(command, str) else command

    def healthy(self, name):
        test = self.services[name]["healthcheck"]["test"]
        assert test[0] == "CMD", f"{name}: a health check of kind {test[0]}"
        return podman("exec", self.name(name), *test[1:], ok=False).returncode == 0

    def await_healthy(self, name):
        h = self.services[name].get("healthcheck", {"disable": True})
        if not h.get("disable"):
            limit = seconds(h["start_period"]) + seconds(h["interval"]) * h["retries"]
            wait_for(f"{name} healthy", lambda: self.healthy(name), limit)
            self.note(f"{name} healthy")

    def await_done(self, name):
        code = podman("wait", self.name(name)).stdout.strip()
        if code != "0":
            raise RuntimeError(f"{name} ended with {code}\n{self.log(name)}")
        self.note(f"{name} done, exit 0")

    def log(self, name):
        done = podman("logs", "--tail=25", self.name(name), ok=False)
        return f"--- {name}\n{done.stdout}{done.stderr}"

    def order(self, profiles):
        """The services of no profile, or of these, each after what it depends on."""
        chosen = [n for n, s in self.services.items() if not s.get("profiles") or set(s["profiles"]) & set(profiles)]
        out = []
        while len(out) < len(chosen):
            out += [n for n in chosen if n not in out and all(d in out for d in self.services[n].get("depends_on", {}))]
        return out

    def up(self, profiles=()):
        self.running = self.order(profiles)
        for name in self.running:
            for other, how in self.services[name].get("depends_on", {}).items():
                {"service_healthy": self.await_healthy, "service_completed_successfully": self.await_done}[how["condition"]](other)
            podman("rm", "--force", self.name(name), ok=False)
            podman("run", "--detach", f"--name={self.name(name)}", *self.options(name), self.image(name), *self.command(name))
        for name in self.running:
            self.await_healthy(name)

    def tool(self, name, *args):
        """docker compose run --rm NAME ARGUMENT..."""
        return podman("run", "--rm", *self.options(name), self.image(name), *args)

    def publish(self):
        """Until what the profile `demo` publishes once has been published."""
        for name in self.running:
            if "demo" in self.services[name].get("profiles", []):
                self.await_done(name)

    def lasting(self):
        return [n for n in self.running if self.services[n]["restart"] != "no"]

    def stop(self):
        for name in reversed(self.lasting()):
            limit = int(seconds(self.services[name]["stop_grace_period"]))
            podman("stop", f"--time={limit}", self.name(name))
            code = json.loads(podman("inspect", self.name(name)).stdout)[0]["State"]["ExitCode"]
            # Java says 128 + SIGTERM when it has done as asked.
            assert code == 0 or (name == "kafka" and code == 143), f"{name} stopped with {code}\n{self.log(name)}"
        self.note("stopped, each by itself")

    def kill(self, names):
        podman("kill", "--signal=KILL", *[self.name(n) for n in names])
        self.note("killed: " + " ".join(names))

    def networks_make(self):
        for network, how in self.file["networks"].items():
            podman("network", "create", *(["--internal"] if how.get("internal") else []), f"{PROJECT}_{network}")

    def remove(self):
        for name in self.services:
            podman("rm", "--force", "--time=0", self.name(name), ok=False)
        for volume in self.file["volumes"]:
            podman("volume", "rm", "--force", f"{PROJECT}_{volume}", ok=False)
        for network in self.file["networks"]:
            podman("network", "rm", "--force", f"{PROJECT}_{network}", ok=False)


# ---- what must be true of it

def psql(s, sql):
    return podman("exec", "--env=PGSERVICEFILE=/run/secrets/postgres_admin", s.name("postgres"), "psql", "-qX", "--csv",
                  "service=lagesbild host=127.0.0.1 dbname=lagesbild", "-c", sql).stdout


def meant(s, directory):
    """month_cell as it must be: the reference's of the press notices, the simulator's own truth of the rest."""
    truth = os.path.join(directory, "truth.csv")
    env = {**os.environ, "LAGESBILD_SCHEMAS": os.path.join(ROOT, "schemas"), "LAGESBILD_PACK": os.path.join(ROOT, "deploy", "kumla")}
    subprocess.run([SIMULATOR, *s.services["simulator"]["command"], "--to-files", directory, "--truth", truth], env=env, check=True,
                   stdout=subprocess.DEVNULL)
    press = subprocess.run([sys.executable, os.path.join(REFERENCE, "press.py"), SAMPLE], check=True, text=True, capture_output=True).stdout
    with open(truth, "a+", encoding="utf-8") as f:
        f.write(press.split("\n", 1)[1])
    return truth


def figures(s):
    """Everything is accounted for, and month_cell is what it must be. All of month_cell."""
    s.note(s.tool("lagesbild", "verify", "--wait", "120").stdout.rstrip())
    cells = psql(s, f"SELECT {CELLS} FROM lagesbild.month_cell ORDER BY 1, 2, 3, 4, 5")
    with tempfile.TemporaryDirectory() as directory:
        done = subprocess.run([sys.executable, os.path.join(REFERENCE, "compare.py"), meant(s, directory), "-"], input=cells, text=True,
                              capture_output=True, check=False)
    assert done.returncode == 0, f"month_cell differs from the reference:\n{done.stdout}{done.stderr}"
    s.note(f"month_cell of every source as it was meant: {done.stdout.strip()}")
    return cells


def guarded(s):
    """As the kernel sees each of them: no user root, no capability, no way to more, nothing to write to."""
    for name in s.lasting():
        status = podman("exec", s.name(name), "cat", "/proc/1/status").stdout
        field = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
        assert field["Uid"].split()[0] != "0", f"{name} runs as root"
        assert int(field["CapEff"], 16) == 0 and int(field["CapBnd"], 16) == 0, f"{name} holds capabilities"
        assert field["NoNewPrivs"] == "1", f"{name} may gain privileges"
        assert podman("exec", s.name(name), "touch", "/usr/x", ok=False).returncode != 0, f"{name} can write to its root"
        s.note(f"{name}: user {field['Uid'].split()[0]}, no capabilities, read-only; at most {int(field['VmHWM'].split()[0]) // 1024} MiB resident")


def reachable(s, name, host, port):
    return podman("exec", s.name(name), "timeout", "3", "bash", "-c", f"</dev/tcp/{host}/{port}", ok=False).returncode == 0


def closed(s):
    """A normalizer reaches Kafka and never the database; the database takes nobody without its password."""
    postgres = s.address("postgres", "database")
    assert reachable(s, "normalizer-press", "kafka", 9092), "the normalizer does not reach Kafka"
    assert not reachable(s, "normalizer-press", postgres, 5432), "the normalizer reaches the database"
    assert reachable(s, "aggregator", postgres, 5432), "the aggregator does not reach the database"
    for word in ("lagesbild", "postgres", ""):
        done = podman("exec", f"--env=PGPASSWORD={word}", s.name("postgres"), "psql", "-wX", "-h", "127.0.0.1", "-U", "lagesbild", "-c", "SELECT 1",
                      ok=False)
        assert done.returncode != 0 and "password" in done.stderr, f"password \"{word}\" opens the database"
    s.note("closed: the normalizer does not reach the database, no guessed password opens it")


def prove(s):
    s.networks_make()
    s.up(["demo"])
    s.publish()
    cells = figures(s)
    guarded(s)
    closed(s)
    s.note(s.tool("lagesbild", "replay", "press", "--yes").stdout.rstrip())
    assert figures(s) == cells, "figures changed by a replay of what is there"
    s.stop()
    s.up()
    assert figures(s) == cells, "figures changed by a stop and a start"
    s.kill(["kafka", "postgres"])
    services = [n for n in s.lasting() if n not in ("kafka", "postgres")]
    for name in services:
        wait_for(f"{name} unhealthy", lambda n=name: not s.healthy(n), 60)
        s.note(f"{name} says that it is not well")
    s.kill(services)
    s.up(["demo"])
    s.publish()
    assert figures(s) == cells, "figures changed by a kill and a second publication"


def main():
    if sys.argv[1:] == ["--check"]:
        return check()
    if sys.argv[1:] not in ([], ["--keep"]):
        print(__doc__, file=sys.stderr)
        return 2
    if check():
        return 1
    home = tempfile.mkdtemp(prefix="lagesbild-standin-")
    make = [os.path.join(ROOT, "deploy", "secrets.sh"), home]
    subprocess.run(make, check=True)
    before = {n: open(os.path.join(home, n), encoding="ascii").read() for n in os.listdir(home)}
    assert len(set(before.values())) == 4 and subprocess.run(make, stderr=subprocess.DEVNULL, check=False).returncode == 1
    assert before == {n: open(os.path.join(home, n), encoding="ascii").read() for n in os.listdir(home)}, "a secret was overwritten"
    s = Standin({**os.environ, "LAGESBILD_SECRETS": home})
    s.remove()
    try:
        prove(s)
        say("docker-compose.yml: consistent")
        return 0
    except BaseException:
        for name in s.services:
            print(s.log(name), file=sys.stderr)
        raise
    finally:
        if "--keep" not in sys.argv:
            s.remove()
            shutil.rmtree(home)


if __name__ == "__main__":
    sys.exit(main())
