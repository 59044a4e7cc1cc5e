SELECT nextval('batch_numbers') = 2;
