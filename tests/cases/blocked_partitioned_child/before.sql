CREATE TABLE batches (batch_id varchar PRIMARY KEY);
CREATE TABLE events (batch_id varchar REFERENCES batches, at date) PARTITION BY RANGE (at);
CREATE TABLE events_2024 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
INSERT INTO batches VALUES (md5('a'));
INSERT INTO events VALUES (md5('a'), '2024-05-05');
