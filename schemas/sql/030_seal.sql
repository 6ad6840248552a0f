-- The secret of a second factor is kept sealed (services/common/hash/secret.h): the api seals a new one itself, and one that was kept before
-- when its code is given the next time.

CREATE FUNCTION lagesbild_desk.second_seal(who bigint, old text, sealed text) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
	UPDATE lagesbild_desk.account a SET totp = sealed WHERE a.id = who AND a.totp = old
$$;

GRANT EXECUTE ON FUNCTION lagesbild_desk.second_seal(bigint, text, text) TO lagesbild_desk;
