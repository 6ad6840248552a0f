SELECT lagesbild_desk.sign_in_subject($1::text, $2::text, $3::text, $4::text)::text
