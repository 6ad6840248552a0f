SELECT account, locked, hash FROM lagesbild_desk.sign_in_begin($1::text, $2::text)
