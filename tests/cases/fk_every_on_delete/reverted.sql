SELECT count(*) = 2 FROM c_set_default WHERE id = 'p_0a0a0a0a0a0a4a0a8a0a0a0a0a0a0a0a';
