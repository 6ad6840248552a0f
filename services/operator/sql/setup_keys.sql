UPDATE staged_mapping m SET unknown_key = k.key FROM unnest($1::int[], $2::text[]) AS k(n, key) WHERE m.n = k.n
