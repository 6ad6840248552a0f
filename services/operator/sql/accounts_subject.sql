SELECT lagesbild_desk.account_subject($1::text, $2::text)
