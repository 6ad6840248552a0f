#!/usr/bin/env python3
"""Compares two CSVs of cells, such as press.py's and a view's, cell by cell.

  compare.py EXPECTED ACTUAL      (- is standard input)

Both need the columns of EXPECTED in their header; others in ACTUAL (changed_at) are ignored, and the order
of columns and rows does not matter. The key is every column but n and n_suppressed. Prints each differing
cell (at most 20) and how many rows are equal. Exit 0 equal, 1 different, 2 not comparable.
"""
import csv
import sys

VALUES = ("n", "n_suppressed")
SHOWN_MAX = 20


def read_cells(path, columns=None):
    """(columns, key -> values) of one file"""
    with sys.stdin if path == "-" else open(path, encoding="utf-8-sig", newline="") as f:
        rows = csv.DictReader(f)
        columns = columns or rows.fieldnames or []
        missing = [c for c in columns if c not in (rows.fieldnames or [])]
        if missing or "n" not in columns:
            raise ValueError(f"{path}: no column {', '.join(missing) or 'n'}")
        cells = {}
        for row in rows:
            key = tuple(row[c] for c in columns if c not in VALUES)
            if key in cells:
                raise ValueError(f"{path}: two rows of {','.join(key)}")
            cells[key] = tuple(int(row[c]) for c in columns if c in VALUES)
    return columns, cells


def show(values):
    return "no row" if values is None else " ".join(map(str, values))


def main():
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        columns, expected = read_cells(sys.argv[1])
        _, actual = read_cells(sys.argv[2], columns)
        if not expected:
            raise ValueError(f"{sys.argv[1]}: no rows, so nothing would be compared")
    except (OSError, TypeError, ValueError) as e:
        print(f"compare.py: {e}", file=sys.stderr)
        return 2
    keys = sorted(expected.keys() | actual.keys())
    differing = [k for k in keys if expected.get(k) != actual.get(k)]
    for key in differing[:SHOWN_MAX]:
        print(f"{','.join(key)}: expected {show(expected.get(key))}, is {show(actual.get(key))}")
    if len(differing) > SHOWN_MAX:
        print(f"and {len(differing) - SHOWN_MAX} more")
    print(f"{len(keys) - len(differing)} rows equal" + (f", {len(differing)} differ" if differing else ""))
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
