"""Two builds of one log, side by side: made by SQL, each fed by an aggregator of its own, so that one can be held back while the log grows."""
import os
import shutil

from installation import ROOT, wait_for

MAPPINGS = {"social": ["oro,CON"], "housing": ["stord,NOI"], "staff": ["skrap,PHY", "inget,INF"], "rescue": ["brand,FIR.UNK", "bråk,ORD.PUB"]}
PACK = ["source,kind,from,complete_after_days", "social,counts,2026-01,5", "housing,events,2026-01,5", "staff,events,2026-01,5",
        "rescue,events,2026-02,5"]

MAKE = """DO $$
DECLARE n smallint := (SELECT max(id) + 1 FROM lagesbild_store.build);
BEGIN
    INSERT INTO lagesbild_store.build (id, name, zone, municipality, mapping)
    SELECT n, '{name}', zone, municipality, mapping || '{rules}' FROM lagesbild_store.build WHERE id = 1;
    PERFORM lagesbild_store.build_copy_rules(1::smallint, n);
    {change}
    PERFORM lagesbild_store.build_close_trees(n);
    PERFORM lagesbild_store.build_attach(n);
    INSERT INTO lagesbild_store.position (build, partition) SELECT n, partition FROM lagesbild_store.position WHERE build = 1;
END $$"""

# Other rules under other numbers: litter is an alarm of another kind, a brawl is police activity, Kumlaby is no area of its own.
OTHER_RULES = """
    UPDATE lagesbild_store.category SET id = 1000 - id WHERE build = n;
    UPDATE lagesbild_store.area SET id = 30000 - id WHERE build = n;
    UPDATE lagesbild_store.mapping m SET category = 1000 - category WHERE build = n;
    UPDATE lagesbild_store.mapping SET category = (SELECT id FROM lagesbild_store.category WHERE build = n AND code = 'GAT')
    WHERE build = n AND source_type = 'skrap';
    UPDATE lagesbild_store.mapping SET category = (SELECT id FROM lagesbild_store.category WHERE build = n AND code = 'POL')
    WHERE build = n AND source_type = 'bråk';
    DELETE FROM lagesbild_store.area WHERE build = n AND code = '1881-kumlaby';"""


def prepare(i):
    """Rules and pack of the test's own, "today" the newest time in the data, and a build "ny" like "live"."""
    for name, path in (("schemas", "schemas"), ("pack", "deploy/kumla")):
        shutil.copytree(os.path.join(ROOT, path), os.path.join(i.dir, name))
        i.env[f"LAGESBILD_{name.upper()}"] = os.path.join(i.dir, name)
    for source, rows in MAPPINGS.items():
        with open(os.path.join(i.dir, "schemas", "mappings", f"{source}.csv"), "w", encoding="utf-8") as f:
            f.write("\n".join(["source_type,category", *rows]) + "\n")
    with open(os.path.join(i.dir, "pack", "delivery.csv"), "w", encoding="utf-8") as f:
        f.write("\n".join(PACK) + "\n")
    i.run("lagesbild", "setup", "--today-from-data")
    make(i, "ny")


def make(i, name, rules="", change=""):
    i.psql(MAKE.format(name=name, rules=rules, change=change))


def feed(i, *names):
    for name in names:
        i.start(f"aggregator-{name}", "aggregator", "--build", name)


def told(i, w, *names):
    """Wait until these builds have taken in all that w has written."""
    for name in names:
        wait_for(f"{name} has taken in all incidents", lambda n=name: i.value(f"""SELECT sum(p.next) FROM lagesbild_store.position p
            JOIN lagesbild_store.build b ON b.id = p.build WHERE b.name = '{n}'""") == str(w.sent), 60)
    assert i.value("SELECT sum(unreadable) FROM lagesbild_store.position") == "0", "the aggregator could not read some of the incidents"


def cells(i, name):
    """{(month, area, category, source): (n, n_suppressed)} of a build, as the views have it; what is 0 in both is left out."""
    rows = i.psql(f"""SELECT to_char(lagesbild_store.month_date(c.cell >> 32), 'YYYY-MM'), a.code, g.code, s.name, c.n, c.n_suppressed
        FROM lagesbild_store.cell c JOIN lagesbild_store.build b ON b.id = c.build
        JOIN lagesbild_store.area a ON a.build = b.id AND a.id = (c.cell >> 16) & 65535
        JOIN lagesbild_store.category g ON g.build = b.id AND g.id = (c.cell >> 6) & 1023
        JOIN lagesbild_store.source s ON s.id = c.cell & 63 WHERE b.name = '{name}' AND (c.n <> 0 OR c.n_suppressed <> 0)""")
    return {tuple(row[:4]): (int(row[4]), int(row[5])) for row in rows}
