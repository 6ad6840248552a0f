-- Name, how it is shown, actor, roles and groups (parted by commas), external, password's hash; what is null stays as it was.
SELECT lagesbild_desk.account_set($1::text, $2::text, $3::text, string_to_array($4::text, ','), string_to_array($5::text, ','), $6::text = 't', $7::text)
