SELECT i, status FROM stat_value WHERE status IS NOT NULL ORDER BY i
