COPY staged_category (code, parent, sv, en, flag, est) FROM STDIN (FORMAT csv, HEADER match)
