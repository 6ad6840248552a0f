"""What the benchmarks measure with: CPU time from /proc, a database session that stays open, rows of the closing table."""
import os
import platform
import subprocess
import time

TICKS = os.sysconf("SC_CLK_TCK")


def stat(pid):
    """Fields of /proc/<pid>/stat from the state on, or None when the process is gone."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as f:
            return f.read().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None


def cpu_seconds(pid, with_children=False):
    """CPU time of a process over all its threads; with_children: also of those that have ended and of those that live."""
    fields = stat(pid)
    if not fields:
        return 0.0
    own = sum(map(int, fields[11:15 if with_children else 13]))
    if with_children:
        for entry in os.listdir("/proc"):
            child = entry.isdigit() and stat(entry)
            if child and child[1] == str(pid):
                own += int(child[11]) + int(child[12])
    return own / TICKS


def resident_mib(pid):
    """Resident memory now, and its highest so far, MiB."""
    found = {}
    with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as f:
        for line in f:
            name, _, value = line.partition(":")
            if name in ("VmRSS", "VmHWM"):
                found[name] = int(value.split()[0]) / 1024
    return found["VmRSS"], found["VmHWM"]


def forget_peak(pid):
    """The highest resident memory so far is from now on the present one."""
    with open(f"/proc/{pid}/clear_refs", "w", encoding="ascii") as f:
        f.write("5")


class Meter:
    """CPU seconds of broker, database and the named processes between start and stop."""

    def __init__(self, processes):
        self.parts = {"broker": (int(os.environ["BENCH_KAFKA_PID"]), False),
                      "PostgreSQL": (int(os.environ["BENCH_POSTGRES_PID"]), True)}
        self.parts.update({name: (p.pid, False) for name, p in processes.items()})
        self.before = self.read()

    def read(self):
        return {name: cpu_seconds(*part) for name, part in self.parts.items()}

    def spent(self):
        now = self.read()
        return {name: now[name] - self.before[name] for name in now}


class Session:
    """psql kept open: a question costs a round trip, no process. One value a question."""

    def __init__(self, env):
        self.psql = subprocess.Popen(["psql", "-qXAt", "-v", "ON_ERROR_STOP=1"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                     env={**env, "PGOPTIONS": "-c search_path=lagesbild"}, bufsize=1)

    def value(self, sql):
        """The first value of the answer; an answer must have a row."""
        self.psql.stdin.write(sql + ";\n")
        self.psql.stdin.flush()
        line = self.psql.stdout.readline()
        if not line:
            raise RuntimeError(f"psql ended at: {sql}")
        return line.rstrip("\n")

    def close(self):
        self.psql.stdin.close()
        self.psql.wait()

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        self.close()


class Table:
    """The closing table. A goal is (operator, number) in the figure's own unit, or of the ratio when of_ratio is set."""

    def __init__(self):
        self.rows = []
        self.missed = 0

    def add(self, figure, value, unit, ceiling=None, goal=None, of_ratio=False):
        ratio = value / ceiling if ceiling else None
        measured = ratio if of_ratio else value
        met = ""
        text = ""
        if goal:
            good = measured >= goal[1] if goal[0] == "≥" else measured <= goal[1]
            self.missed += not good
            met = "ja" if good else "NEJ"
            text = f"{'kvot ' if of_ratio else ''}{goal[0]} {number(goal[1])}"
        # The machine's load when the figure was made, the bench's own among it: by it a reader sees a run that others disturbed.
        load = os.getloadavg()[0]
        self.rows.append((figure, f"{number(value)} {unit}", f"{number(ceiling)} {unit}" if ceiling else "",
                          f"{ratio:.2f}" if ratio else "", text, met, f"{load:.1f}"))
        print(f"    {figure}: {number(value)} {unit}" + (f", tak {number(ceiling)}, kvot {ratio:.2f}" if ratio else "") +
              (f" (mål {text}: {'nått' if good else 'MISSAT'})" if goal else "") + f", last {load:.1f}", flush=True)

    def show(self):
        head = ("mått", "värde", "tak, samma körning", "kvot", "mål", "nått", "last")
        rows = [head, *self.rows]
        widths = [max(len(r[i]) for r in rows) for i in range(len(head))]
        print()
        for i, row in enumerate(rows):
            print("  ".join(c.ljust(w) if j == 0 else c.rjust(w) for j, (c, w) in enumerate(zip(row, widths))).rstrip())
            if i == 0:
                print("  ".join("-" * w for w in widths))


def number(value):
    """Swedish: blank between thousands, decimal comma."""
    if abs(value) >= 1000:
        return f"{value:,.0f}".replace(",", "\u00a0")
    return (f"{value:.0f}" if float(value).is_integer() else f"{value:.2f}").replace(".", ",")


def machine():
    with open("/proc/meminfo", encoding="ascii") as f:
        memory = int(f.readline().split()[1]) / 1048576
    with open("/proc/cpuinfo", encoding="ascii", errors="replace") as f:
        model = next((line.split(":", 1)[1].strip() for line in f if line.startswith("model name")), platform.machine())
    cores = len(os.sched_getaffinity(0))
    return f"{cores} kärnor ({model}), {memory:.0f} GiB minne, Linux {platform.release()}, last {os.getloadavg()[0]:.1f} vid start"


def poll(what, condition, seconds, interval):
    """Poll at a fixed interval until condition() holds; the monotonic time when it did."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"{what}: not within {seconds} s")
        time.sleep(interval)
    return time.monotonic()
