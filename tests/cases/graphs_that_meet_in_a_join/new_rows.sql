INSERT INTO posts SELECT gen_random_uuid(), room_id, id, written FROM posts LIMIT 1;
