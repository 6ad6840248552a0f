"""Local months and wall times 1990-2060: ours against PostgreSQL's AT TIME ZONE 'Europe/Stockholm', in one query."""
import os
import subprocess
import sys

from installation import BUILD, Installation

ROWS_MIN = 71 * 12 * 3 + 71 * 2 * 36  # every boundary, and at least two nights a year
COMPARE = """
CREATE TEMP TABLE ours(kind text, a text, b text, month text);
\\copy ours FROM '{path}' CSV
WITH theirs AS (
	SELECT kind, a, b AS ours,
		CASE kind WHEN 'instant' THEN to_char(to_timestamp(a::bigint / 1000) AT TIME ZONE 'Europe/Stockholm', 'YYYY-MM-DD HH24:MI:SS')
			ELSE (extract(epoch FROM a::timestamp AT TIME ZONE 'Europe/Stockholm') * 1000)::bigint::text END AS theirs,
		month IS DISTINCT FROM CASE kind WHEN 'instant' THEN
			to_char(to_timestamp(a::bigint / 1000) AT TIME ZONE 'Europe/Stockholm', 'YYYY-MM') END AS other_month
	FROM ours)
SELECT kind || ' ' || a || ': ours ' || ours || ', PostgreSQL ' || theirs FROM theirs WHERE ours IS DISTINCT FROM theirs OR other_month
UNION ALL SELECT 'rows ' || count(*) FROM theirs
UNION ALL SELECT 'months ' || count(DISTINCT month) FROM ours WHERE kind = 'instant';
"""


def main():
    with Installation("period", setup=False) as i:
        path = os.path.join(i.dir, "ours.csv")
        with open(path, "w", encoding="ascii") as f:
            subprocess.run([os.path.join(BUILD, "tests", "period_dump_test")], stdout=f, check=True)
        done = subprocess.run(["psql", "-qXAt", "-v", "ON_ERROR_STOP=1"], input=COMPARE.format(path=path), env=i.env, text=True,
                              capture_output=True, check=True)
    lines = done.stdout.split("\n")
    differing = [line for line in lines if ": ours" in line]
    rows = next(int(line[5:]) for line in lines if line.startswith("rows "))
    months = next(int(line[7:]) for line in lines if line.startswith("months "))
    assert rows >= ROWS_MIN and months == 71 * 12 + 1, (rows, months)  # a second before 1990 is in December 1989
    if differing:
        sys.exit("\n".join(differing[:20] + [f"{len(differing)} of {rows} differ"]))
    print(f"{rows} instants and wall times are PostgreSQL's")


if __name__ == "__main__":
    main()
