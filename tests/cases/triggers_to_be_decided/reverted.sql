SELECT array_agg(line) = '{this_one}' FROM log;
