SELECT account, uid, stamp, version, starts, minutes, cancelled, summary, place, description FROM lagesbild_desk.calendar($1::text)
