SELECT (SELECT array_agg(n) FROM pieces_in_order) = (SELECT array_agg(n ORDER BY id_original DESC) FROM pieces);
SELECT (SELECT array_agg(n) FROM parts_in_order) <> (SELECT array_agg(n ORDER BY id_original) FROM parts);
