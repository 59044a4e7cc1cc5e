DELETE FROM jobs WHERE id = 2;
SELECT source_job IS NULL FROM contacts WHERE id = 2;
