"""Two builds of one installation, compared table by table: what contracts §5 calls equal. A build rebuilt, and compared."""

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


def query(table, build):
    where = f" WHERE build = (SELECT id FROM lagesbild_store.build WHERE name = '{build}')"
    if table in NOTHING:
        where += f" AND {NOTHING[table]}"
    if table == "change_log":
        where += " GROUP BY 1, 2, 3, 4"
    return TABLES[table] + where


def differences(i, a, b):
    """{table: up to five rows that only one of the builds has}, of tables that differ."""
    found = {}
    sides = [f"(SELECT '{table}', '{name}', x::text FROM (({query(table, name)}) EXCEPT ALL ({query(table, other)})) x LIMIT 5)"
             for table in TABLES for name, other in ((a, b), (b, a))]
    for table, only, row in i.psql(" UNION ALL ".join(sides)):
        found.setdefault(table, []).append((only, row))
    return found


def check_equal(i, a, b):
    found = differences(i, a, b)
    if found:
        raise AssertionError(f"builds {a} and {b} differ: {found}")


def check_rebuilt(i, *builds):
    """The log folded anew by a build's rules is what the aggregator has made of it, in every table; live, where none is named."""
    for build in builds or ("live",):
        i.run("lagesbild", "rebuild", "--into", "anew", "--rules", build)
        check_equal(i, build, "anew")
        drop(i, "anew")


def drop(i, name):
    i.run("lagesbild", "drop", name, "--yes")
