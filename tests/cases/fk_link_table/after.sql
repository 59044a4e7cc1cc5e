SELECT count(*) = 12 FROM members JOIN users USING (user_id) JOIN groups USING (group_id);
SELECT count(*) = 2 FROM uuidkit.conversions;
