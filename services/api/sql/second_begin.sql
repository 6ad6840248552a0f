SELECT account, name, done, locked, totp, totp_new, step FROM lagesbild_desk.second_begin($1::text)
