-- $1 sources that may be seen, $2 and $3 names and values of the arguments.
SELECT lagesbild.api_summary($1::text::text[], jsonb_object($2::text[], $3::text[]))::text
