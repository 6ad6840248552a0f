"""Two builds of one installation, compared table by table: what contracts §5 calls equal."""

# Figures and ledger: the last change of a row (prev_*, same) and when it came are the live path's own.
TABLES = {
    "ledger": "SELECT id, hash, revision, received_at, partition, \"offset\", epoch, slot, occurred_from, n, place, type, state FROM lagesbild_store.ledger",
    "cell": "SELECT cell, n, n_suppressed, key_sum FROM lagesbild_store.cell",
    "slot": "SELECT slot, n FROM lagesbild_store.slot",
    "place": "SELECT cell, place, n FROM lagesbild_store.place",
    "change_log": "SELECT cell, cause, incidents_partition, incidents_offset, sum(delta) FROM lagesbild_store.change_log",
    "position": "SELECT partition, next, unreadable FROM lagesbild_store.position",
    "gap": "SELECT topic, partition, epoch, first_sequence, last_sequence, after_offset, before_offset FROM lagesbild_store.gap",
    "chain": "SELECT topic, partition, epoch, first_offset, last_offset, sequence, upserted + duplicate + superseded, withdrawn, rejected, newest_at, "
             "last_at FROM lagesbild_store.chain",
}
# A cell, hour or place of nothing is not shown: whether its row is there says only that something once was.
NOTHING = {"cell": "(n, n_suppressed, key_sum) <> (0, 0, 0)", "slot": "n <> 0", "place": "n <> 0"}


def query(table, build, columns=None):
    where = f" WHERE build = (SELECT id FROM lagesbild_store.build WHERE name = '{build}')"
    if table in NOTHING:
        where += f" AND {NOTHING[table]}"
    if table == "change_log":
        where += " GROUP BY 1, 2, 3, 4"
    return (columns or TABLES[table]) + where


def differences(i, a, b, tables=TABLES):
    """{table: up to five rows that only one of the builds has}, of tables that differ."""
    found = {}
    for table in tables:
        left, right = query(table, a), query(table, b)
        rows = i.psql(f"(SELECT '{a}' AS only, x.* FROM (({left}) EXCEPT ALL ({right})) x LIMIT 5) UNION ALL "
                      f"(SELECT '{b}', x.* FROM (({right}) EXCEPT ALL ({left})) x LIMIT 5)")
        if rows:
            found[table] = rows
    return found


def check_equal(i, a, b, tables=TABLES):
    found = differences(i, a, b, tables)
    if found:
        raise AssertionError(f"builds {a} and {b} differ: {found}")


def drop(i, name):
    """A build and its tables, as a test may: nobody else uses them."""
    rows = i.psql(f"SELECT id FROM lagesbild_store.build WHERE name = '{name}'")
    for table in ("ledger", "cell", "slot", "place", "change_log"):
        i.psql(f"DROP TABLE lagesbild_store.{table}_{rows[0][0]}")
    i.psql(f"DELETE FROM lagesbild_store.build WHERE name = '{name}'")
