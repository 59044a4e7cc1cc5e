SELECT count(*) = 10 FROM batches WHERE batch_id = ('687d53c4-1111-4222-8333-9444555566' || lpad(n::text, 2, '0'))::uuid;
