SELECT account, roles, csrf, sources::text FROM lagesbild_desk.proxy_find($1::text)
