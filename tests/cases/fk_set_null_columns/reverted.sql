SELECT backup_id = 'batch_0a0a0a0a0a0a4a0a8a0a0a0a0a0a0a0a' FROM jobs WHERE batch_id IS NULL;
