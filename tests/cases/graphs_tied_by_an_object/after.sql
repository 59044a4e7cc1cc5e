SELECT array_agg(jsonb_array_length(graph::jsonb -> 'columns') ORDER BY jsonb_array_length(graph::jsonb -> 'columns')) = '{1,2,2,3}' FROM uuidkit.conversions;
