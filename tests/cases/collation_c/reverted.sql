SELECT batch_id = 'Ünï' FROM jobs WHERE n = 5;
