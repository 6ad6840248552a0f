INSERT INTO staged_area
SELECT n, code, nullif(parent, ''), kind, name, municipality, institution FROM unnest($1::int[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::boolean[]) AS u(n, code, parent, kind, name, municipality, institution)
