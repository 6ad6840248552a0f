"""Builds beside the current one, made by SQL as long as nothing but their name and rules is wanted, and what tells two builds apart."""
import subprocess
import threading
import time

PARENT = {"LAGESBILD_BUILD": ""}  # for Installation.start: the aggregator feeds every build that is fed

# A build with the current one's rules that begins at offset 0. Where `moved` is given, every type of category DAM is one of CON: a category that
# no press notice has otherwise, so that an answer made of two builds shows.
MAKE = """DO $$
DECLARE
	n smallint := (SELECT max(id) + 1 FROM lagesbild_store.build);
	old smallint := (SELECT build FROM lagesbild_store.build_current);
BEGIN
	INSERT INTO lagesbild_store.build (id, name, zone, municipality, mapping, until, fed)
	SELECT n, '{name}', zone, municipality, mapping || '{moved}', {until}, {fed} FROM lagesbild_store.build WHERE id = old;
	PERFORM lagesbild_store.build_copy_rules(old, n);
	UPDATE lagesbild_store.mapping SET category = (SELECT id FROM lagesbild_store.category WHERE build = n AND code = 'CON')
	WHERE '{moved}' <> '' AND build = n AND category = (SELECT id FROM lagesbild_store.category WHERE build = n AND code = 'DAM');
	PERFORM lagesbild_store.build_attach(n);
	INSERT INTO lagesbild_store.position (build, partition) SELECT n, partition FROM lagesbild_store.position WHERE build = old;
	NOTIFY lagesbild_builds;
END $$"""


def make(i, name, moved=False, until="NULL", fed=True):
    i.psql(MAKE.format(name=name, moved="m" if moved else "", until=until, fed=str(fed).lower()))


def current(i):
    return i.value("SELECT name FROM lagesbild.build WHERE current")


def behind(i, name):
    """Offsets that a build has to take in until it has what the topic has had for the furthest one."""
    return int(i.value(f"""SELECT coalesce(sum(m.next - p.next), 0) FROM lagesbild_store.position p JOIN lagesbild_store.build b ON b.id = p.build
        JOIN (SELECT partition, max(next) AS next FROM lagesbild_store.position GROUP BY 1) m USING (partition) WHERE b.name = '{name}'"""))


# One statement that asks cells, roll-ups (of the counties and of what is in none) and the build itself. Right is: everything in the category that the named build puts it in, cells and roll-ups
# the same, nothing in the other.
QUESTION = """SELECT (SELECT name FROM lagesbild.build WHERE current),
 coalesce(sum(n) FILTER (WHERE s = 'c' AND category = 'DAM'), 0), coalesce(sum(n) FILTER (WHERE s = 'r' AND category = 'DAM'), 0),
 coalesce(sum(n) FILTER (WHERE s = 'c' AND category = 'CON'), 0), coalesce(sum(n) FILTER (WHERE s = 'r' AND category = 'CON'), 0)
 FROM (SELECT 'c' AS s, category, n FROM lagesbild.month_cell WHERE category IN ('DAM', 'CON')
 UNION ALL SELECT 'r', category, n FROM lagesbild.month_rollup WHERE category IN ('DAM', 'CON') AND length(area) = 2) q""".replace("\n", "")


def wrong(answer, moved):
    """Does an answer to QUESTION mix two builds? moved: names of the builds whose rules are moved."""
    name, *sums = answer.split("|")
    cells_dam, rolled_dam, cells_con, rolled_con = map(int, sums)
    mine, other = ((cells_con, rolled_con), (cells_dam, rolled_dam)) if name in moved else ((cells_dam, rolled_dam), (cells_con, rolled_con))
    return mine[0] <= 0 or mine[0] != mine[1] or other != (0, 0)


class Reader(threading.Thread):
    """A session that asks QUESTION again and again; a failed or a wrong answer is kept. answers: (when it began, seconds)."""

    def __init__(self, i, moved, pause_s):
        super().__init__(daemon=True)
        self.moved, self.failed, self.wrong, self.answers, self.seen = moved, [], [], [], set()
        self.went_back, self.last, self.pause_s, self.ending = 0, 0, pause_s, threading.Event()
        self.psql = subprocess.Popen(["psql", "-qXAt"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, bufsize=1,
                                     env=i.env)
        self.start()

    def run(self):
        while not self.ending.wait(self.pause_s):
            began = time.monotonic()
            self.psql.stdin.write(QUESTION + ";\n")
            self.psql.stdin.flush()
            answer = self.psql.stdout.readline().rstrip("\n")
            self.answers.append((began, time.monotonic() - began))
            self.judge(answer)
            if self.failed:
                return

    def judge(self, answer):
        if answer.count("|") != 4:
            self.failed.append(answer)
            return
        if wrong(answer, self.moved):
            self.wrong.append(answer)
        now = sum(map(int, answer.split("|")[1::2]))
        self.went_back += now < self.last
        self.last = now
        self.seen.add(answer.split("|")[0])

    def stop(self):
        self.ending.set()
        self.join(60)
        self.psql.stdin.close()
        self.psql.wait(60)


class Readers:
    """with Readers(i, 50, {"next"}) as r: ... — so many sessions at work; checked when left. pause_s: between two questions of one."""

    def __init__(self, i, count, moved, pause_s=0.0):
        self.i, self.count, self.moved, self.pause_s, self.all = i, count, moved, pause_s, []

    def __enter__(self):
        self.all = [Reader(self.i, self.moved, self.pause_s) for _ in range(self.count)]
        return self

    def __exit__(self, kind, *_):
        for reader in self.all:
            reader.ending.set()
        for reader in self.all:
            reader.stop()
        if kind is None:
            assert not self.failed, self.failed[:3]
            assert not self.wrong, self.wrong[:3]

    @property
    def failed(self):
        return [text for r in self.all for text in r.failed]

    @property
    def wrong(self):
        return [text for r in self.all for text in r.wrong]

    @property
    def seen(self):
        return set().union(*(r.seen for r in self.all))

    @property
    def answers(self):
        """(when it began, seconds) of every answer so far."""
        return [a for r in self.all for a in list(r.answers)]
