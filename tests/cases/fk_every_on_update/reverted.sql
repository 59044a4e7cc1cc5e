SELECT p.id = 'bbbbbbbbbbbb4bbb8bbbbbbbbbbbbbb3' AND c.id = p.id FROM p JOIN c_cascade c USING (n);
