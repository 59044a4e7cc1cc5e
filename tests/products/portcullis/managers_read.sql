CREATE POLICY managers_read ON auth.tokens FOR SELECT
    USING (user_id IN (SELECT u.id FROM auth.users u WHERE u.manager_id::text = current_setting('portcullis.user_id', true)))
