SELECT pg_get_indexdef('by_pattern'::regclass) LIKE '%(batch_id DESC NULLS LAST, note COLLATE "C" DESC, other NULLS FIRST) INCLUDE (note) WITH (fillfactor=''40'', deduplicate_items=off)';
SELECT pg_get_indexdef('"By collation"'::regclass) LIKE 'CREATE UNIQUE INDEX % USING btree (note text_pattern_ops, batch_id) NULLS NOT DISTINCT WHERE (note <> ''x''::text)';
SELECT pg_get_indexdef('by_hash'::regclass) LIKE '% USING hash (other)';
