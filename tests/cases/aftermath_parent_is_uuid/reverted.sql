SELECT batch_id = '310' FROM jobs WHERE id = 7;
