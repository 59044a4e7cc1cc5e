SELECT count(*) = 2 FROM assets JOIN vehicles USING (asset_id) JOIN lorries USING (asset_id);
