SELECT topic, coalesce(sum(received), 0)::bigint, sum(upserted)::bigint, sum(duplicate)::bigint, sum(superseded)::bigint, sum(withdrawn)::bigint,
	sum(rejected)::bigint, sum(lost)::bigint, sum(abs(difference))::bigint, sum(redelivered)::bigint, to_char(max(last_at), 'YYYY-MM-DD HH24:MI:SS')
FROM lagesbild.balance GROUP BY 1 ORDER BY 1
