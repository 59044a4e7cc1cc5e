-- Neither column alone collides; the pair does.
CREATE TABLE links (a varchar, b varchar, CONSTRAINT pair UNIQUE (a, b));
INSERT INTO links VALUES (md5('1'), md5('2')), ('a_' || md5('1'), 'b_' || md5('2')), (md5('1'), md5('3'));
