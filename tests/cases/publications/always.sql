SELECT array_agg(pubname || ' ' || tablename || ' ' || array_to_string(attnames, ',') || coalesce(' ' || rowfilter, '')
                 ORDER BY pubname COLLATE "C", tablename COLLATE "C") =
  ARRAY['Filtered Jobs n,batch_id (n > 0)', 'Filtered batches batch_id,n,secret' ||
        CASE WHEN to_regclass('uuidkit.conversions') IS NULL THEN '' ELSE ',batch_id_original' END ||
        ' ((batch_id IS NOT NULL) AND (n > 0))',
        'beside Jobs n', 'listed Jobs n', 'listed batches batch_id,n'] FROM pg_publication_tables;
SELECT pubviaroot AND pubinsert AND pubupdate AND NOT pubdelete FROM pg_publication WHERE pubname = 'Filtered';
