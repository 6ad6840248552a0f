SELECT edition, name, turn, path FROM lagesbild_desk.document_take($1::text)
