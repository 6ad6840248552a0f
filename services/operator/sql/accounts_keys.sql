-- What opens for account $1 without its password: programs' keys, and (1) its calendar's address.
SELECT (SELECT count(*) FROM lagesbild_desk.token t WHERE t.account = a.id AND t.until > now()),
	(SELECT count(*) FROM lagesbild_desk.feed f WHERE f.account = a.id)
FROM lagesbild_desk.account a WHERE a.name = lower($1::text)
