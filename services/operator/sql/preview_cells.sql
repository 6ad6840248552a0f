-- Cells by name, the largest change first.
SELECT to_char(lagesbild_store.month_date(u.cell >> 32), 'YYYY-MM'), a.code, g.code, u.n
FROM unnest($2::bigint[], $3::bigint[]) AS u(cell, n)
JOIN lagesbild_store.area a ON a.build = $1::smallint AND a.id = ((u.cell >> 16) & 65535)::int
JOIN lagesbild_store.category g ON g.build = $1::smallint AND g.id = ((u.cell >> 6) & 1023)::smallint
ORDER BY abs(u.n) DESC, u.cell
