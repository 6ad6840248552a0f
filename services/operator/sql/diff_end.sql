ANALYZE diff_found;
CREATE INDEX ON diff_share (key);
ANALYZE diff_share;
COMMIT;
