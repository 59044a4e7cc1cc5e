SELECT count(*) = 1 FROM assets JOIN vehicles USING (asset_id) JOIN lorries USING (asset_id)
 WHERE asset_id = 'asset_0a0a0a0a000040008000000000000001';
SELECT count(*) = 1 FROM lorries WHERE asset_id = 'asset_' || md5('a3');
