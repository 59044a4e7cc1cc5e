CREATE TABLE orders (
    order_id  varchar(50) PRIMARY KEY DEFAULT 'order_' || gen_random_uuid(),
    placed_on date NOT NULL
);
CREATE TABLE order_items (
    order_id  varchar(50) REFERENCES orders ON DELETE CASCADE,
    line      integer,
    article   text NOT NULL,
    PRIMARY KEY (order_id, line)
);
CREATE TABLE payments (
    id        integer PRIMARY KEY,
    order_id  text,  -- nobody declared this reference
    amount    numeric(10, 2) NOT NULL
);
CREATE INDEX payments_order_id ON payments (order_id);

INSERT INTO orders VALUES
    ('order_7d1f0c3a-52b4-4e1a-9c6e-2f8a1b5d4e01', '2024-03-01'),
    ('order_7d1f0c3a52b44e1a9c6e2f8a1b5d4e02',     '2024-03-01'),
    ('7D1F0C3A-52B4-4E1A-9C6E-2F8A1B5D4E03',       '2023-11-30'),
    ('A-1042',                                     '2019-05-17');
INSERT INTO order_items VALUES
    ('order_7d1f0c3a-52b4-4e1a-9c6e-2f8a1b5d4e01', 1, 'lamp'),
    ('order_7d1f0c3a-52b4-4e1a-9c6e-2f8a1b5d4e01', 2, 'bulb'),
    ('order_7d1f0c3a52b44e1a9c6e2f8a1b5d4e02',     1, 'chair'),
    ('7D1F0C3A-52B4-4E1A-9C6E-2F8A1B5D4E03',       1, 'desk'),
    ('A-1042',                                     1, 'shelf');
INSERT INTO payments VALUES
    (1, 'order_7d1f0c3a-52b4-4e1a-9c6e-2f8a1b5d4e01', 59.00),
    (2, '7d1f0c3a52b44e1a9c6e2f8a1b5d4e02',           80.00),
    (3, 'A-1042',                                     25.00),
    (4, NULL,                                         10.00);
