SELECT value FROM stat_value ORDER BY i
