SELECT batch_id = 'places_0a0a0a0a000040008000000000000001' FROM jobs WHERE n = 13;
SELECT batch_id = 'sitemap_' || md5('b') FROM jobs WHERE n = 12;
