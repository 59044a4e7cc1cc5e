SELECT pg_get_constraintdef(oid) ~ 'MATCH FULL' FROM pg_constraint WHERE conname = 'of_parcel';
