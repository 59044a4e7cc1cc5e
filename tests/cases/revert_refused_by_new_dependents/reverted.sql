SELECT count(*) = 1 FROM of_texts;
