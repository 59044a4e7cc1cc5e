create view public.imported as select batch_id, n from public.batches;
