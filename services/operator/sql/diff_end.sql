ANALYZE diff_found;
ANALYZE diff_cause;
ANALYZE diff_share;
COMMIT;
