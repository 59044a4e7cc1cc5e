SELECT count(*) = 4 FROM left_half JOIN right_half USING (id);
