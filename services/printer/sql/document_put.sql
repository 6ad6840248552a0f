SELECT lagesbild_desk.document_put($1::integer, $2::text, $3::integer, $4::text)
