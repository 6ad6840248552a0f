COPY staged_unit (unit, sv, en) FROM STDIN (FORMAT csv, HEADER match)
