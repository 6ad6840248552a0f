SELECT account, roles, csrf, sources::text FROM lagesbild_desk.session_find($1::text)
