-- Three graphs and a view over all of them: two are compared with each other, and are not yet done when the first is.
CREATE TABLE posts (id varchar(40) NOT NULL, room_id varchar(40), reply_to varchar(40), written date);
INSERT INTO posts SELECT 'post_' || md5('p' || n), 'room_' || md5('r' || n % 3),
  CASE WHEN n % 2 = 0 THEN 'post_' || md5('p' || n - 1) END, '2024-01-01' FROM generate_series(1, 30) AS n;
CREATE VIEW threads AS SELECT first.id, first.room_id, array_agg(reply.id ORDER BY reply.written, reply.id) AS replies
  FROM posts first JOIN posts reply ON reply.reply_to = first.id GROUP BY first.id, first.room_id;
