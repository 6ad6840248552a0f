SELECT account, roles, csrf, sources::text FROM lagesbild_desk.token_find($1::text)
