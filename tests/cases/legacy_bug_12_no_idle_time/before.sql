-- A monitor that ends idle transactions finds none: nothing is computed in the client.
CREATE TABLE batch_jobs (batch_id varchar PRIMARY KEY, n integer);
INSERT INTO batch_jobs SELECT 'batch_' || md5('b' || n), n FROM generate_series(1, 3000) AS n;
DO $$ BEGIN
    EXECUTE format('ALTER DATABASE %I SET idle_in_transaction_session_timeout = 500', current_database());
END $$;
