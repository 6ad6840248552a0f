"""What an edition costs: the report of what has changed since, and the freezing."""
import time

import probe
from installation import Installation

CORRECTIONS = 1_000_000
INCIDENTS = 2_000_000
MONTHS = 48

# A county's cells: twelve municipalities, fifty categories, five sources, four years. The ledger is not
# looked at by either, so there is none.
CELLS = f"""
    CREATE TEMP TABLE leaf AS
    SELECT row_number() OVER () - 1 AS n, a.id AS area, g.id AS category, s AS source
    FROM (SELECT id FROM lagesbild_store.area WHERE kind = 'municipality' AND municipality LIKE '18%') a,
        (SELECT id FROM lagesbild_store.category WHERE flag IN ('C', 'I') ORDER BY id LIMIT 50) g, generate_series(1, 5) AS s;
    CREATE TEMP TABLE drawn AS
    SELECT ((lagesbild_store.month_number('2026-03-01') - i % {MONTHS}) << 32) | (l.area::bigint << 16) | (l.category::bigint << 6) | l.source AS cell
    FROM generate_series(1, {INCIDENTS}) AS i JOIN leaf l ON l.n = abs(hashint4(i::int)::bigint) % (SELECT count(*) FROM leaf);
    INSERT INTO lagesbild_store.cell SELECT 1, cell, count(*), 0, count(*) * 2147483647, now() FROM drawn GROUP BY cell;
    INSERT INTO lagesbild_store.slot SELECT 1, (cell << 8) | (abs(hashint8(cell)::bigint) % 168), count(*) FROM drawn GROUP BY cell;
    UPDATE lagesbild_store.position SET next = {INCIDENTS};
    ANALYZE lagesbild_store.cell, lagesbild_store.slot"""

# What is there already when the corrections come: as many lines again from before the edition.
LOG = """
    CREATE TEMP TABLE hit AS SELECT row_number() OVER (ORDER BY hashint8(cell)) - 1 AS n, cell FROM lagesbild_store.cell
    WHERE cell >> 32 BETWEEN lagesbild_store.month_number('{since}') AND lagesbild_store.month_number('2026-03-01');
    INSERT INTO lagesbild_store.change_log (build, cell, delta, cause, incidents_partition, incidents_offset)
    SELECT 1, h.cell, 1 - 2 * (i % 2), (ARRAY['corrected', 'late', 'withdrawn', 'unfounded', 'backfill'])[1 + i % 5], i % 4, {first} + i
    FROM generate_series(1, {count}) AS i JOIN hit h ON h.n = abs(hashint4(i::int)::bigint) % (SELECT count(*) FROM hit);
    WITH sums AS (SELECT cell, sum(delta) AS delta FROM lagesbild_store.change_log WHERE incidents_offset > {first} GROUP BY 1)
    UPDATE lagesbild_store.cell c SET n = c.n + s.delta FROM sums s WHERE s.cell = c.cell;
    ANALYZE lagesbild_store.change_log"""


def quickest(times, act):
    best = None
    for _ in range(times):
        since = time.monotonic()
        act()
        best = min(best or 1e9, time.monotonic() - since)
    return best


def revisions(table, options):
    """The report of a period (and the 36 months before it) with 10^6 later corrections; of a month that has all of them."""
    del options
    with Installation("bench_editions") as i:
        i.psql(CELLS)
        i.psql(LOG.format(first=0, count=CORRECTIONS, since="2022-04-01"))
        frozen = quickest(1, lambda: i.run("lagesbild", "publish", "2026-03", "--area", "18", "--draft", "--force"))
        rows = i.value("SELECT count(*) FROM lagesbild.edition_cell")
        hours = i.value("SELECT count(*) FROM lagesbild.edition_hour")
        table.add(f"revisions: en utgåva fryses, {rows} celler och {hours} timmar", frozen, "s")
        i.psql(LOG.format(first=INCIDENTS, count=CORRECTIONS, since="2026-03-01"))
        with probe.Session(i.env) as session:
            bare = quickest(3, lambda: session.value(f"""SELECT count(*) FROM (SELECT cell, cause, sum(delta) FROM lagesbild_store.change_log
                WHERE build = 1 AND incidents_offset >= {INCIDENTS} GROUP BY 1, 2) s"""))
            wrong = session.value("""SELECT count(*) FROM (SELECT 1 FROM edition_revision WHERE edition = 1 GROUP BY month, area, category, source, now, frozen
                HAVING sum(delta) <> now - frozen) w""")
            report = quickest(3, lambda: session.value("SELECT count(*) FROM edition_revision WHERE edition = 1"))
            if wrong != "0" or session.value("SELECT sum(abs(delta)) > 0 AND count(*) > 1000 FROM edition_revision WHERE edition = 1") != "t":
                raise RuntimeError(f"{wrong} cells whose lines do not add up")
        command = quickest(3, lambda: i.run("lagesbild", "editions", "revisions", "1"))
        table.add("revisions: vyn, 10^6 senare rättelser (tak: bara summan av loggen)", report, "s", ceiling=bare, goal=("≤", 1))
        table.add("revisions: kommandot", command, "s", goal=("≤", 1))
