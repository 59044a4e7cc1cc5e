-- A few hundred users and what belongs to them; the same on every run.
CREATE FUNCTION pg_temp.id(text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT overlay(overlay(md5($1) placing '4' from 13) placing '9' from 17)::uuid::text
$$;
INSERT INTO auth.realms (id, slug, display_name, settings, created_at)
SELECT CASE n WHEN 1 THEN 'master' ELSE pg_temp.id('realm' || n) END, 'realm-' || n, 'Realm ' || n,
       jsonb_build_object('default_role', pg_temp.id('role' || n)), timestamptz '2024-01-01' + n * interval '1 day'
  FROM generate_series(1, 12) AS n;
INSERT INTO auth.users (id, realm_id, username, email, enabled, created_by, manager_id, avatar_hash, created_at, updated_at)
SELECT pg_temp.id('user' || n), CASE n % 12 WHEN 0 THEN 'master' ELSE pg_temp.id('realm' || n % 12 + 1) END, 'User' || n,
       'user' || n || '@mail.example', n % 9 <> 0, CASE WHEN n > 10 THEN pg_temp.id('user' || n % 10 + 1) END,
       CASE WHEN n > 20 THEN pg_temp.id('user' || n % 20 + 1) END, md5('avatar' || n),
       timestamptz '2024-02-01' + n * interval '1 hour', timestamptz '2024-03-01'
  FROM generate_series(1, 400) AS n;
INSERT INTO auth.credentials (id, user_id, kind, secret_data, created_at)
SELECT pg_temp.id('credential' || n), pg_temp.id('user' || (n - 1) % 400 + 1),
       (ARRAY['password', 'totp', 'passkey'])[n % 3 + 1], '{"hash": "' || md5('secret' || n) || '"}', '2024-03-01'
  FROM generate_series(1, 700) AS n;
INSERT INTO auth.user_attributes
SELECT pg_temp.id('attribute' || n), pg_temp.id('user' || n), (ARRAY['locale', 'external', 'phone'])[n % 3 + 1],
       (ARRAY['en', pg_temp.id('external' || n), '+44 20 7946 0' || n])[n % 3 + 1]
  FROM generate_series(1, 300) AS n;
INSERT INTO auth.required_actions SELECT pg_temp.id('user' || n), 'UPDATE_PASSWORD' FROM generate_series(1, 400, 7) AS n;
INSERT INTO auth.groups
SELECT pg_temp.id('group' || n), pg_temp.id('realm' || n % 11 + 2),
       CASE WHEN n > 8 THEN pg_temp.id('group' || n % 8 + 1) END, 'group ' || n
  FROM generate_series(1, 60) AS n;
INSERT INTO auth.group_members
SELECT DISTINCT pg_temp.id('group' || n * 7 % 60 + 1), pg_temp.id('user' || n % 400 + 1), date '2024-04-01'
  FROM generate_series(1, 900) AS n;
INSERT INTO auth.clients
SELECT pg_temp.id('client' || n), pg_temp.id('realm' || n % 11 + 2),
       (ARRAY['account', 'admin-cli', 'shop'])[n % 3 + 1] || '-' || n, md5('client secret' || n), '/app/' || n
  FROM generate_series(1, 40) AS n;
INSERT INTO auth.redirect_uris SELECT id, base_url || '/*' FROM auth.clients;
INSERT INTO auth.roles
SELECT pg_temp.id('role' || n), CASE WHEN n % 2 = 0 THEN pg_temp.id('realm' || n % 11 + 2) END,
       CASE WHEN n % 2 = 1 THEN pg_temp.id('client' || n % 40 + 1) END, 'role-' || n
  FROM generate_series(1, 80) AS n;
INSERT INTO auth.composite_roles SELECT pg_temp.id('role' || n), pg_temp.id('role' || n + 1) FROM generate_series(1, 79, 3) AS n;
INSERT INTO auth.user_roles
SELECT DISTINCT pg_temp.id('role' || n % 80 + 1), pg_temp.id('user' || n * 3 % 400 + 1) FROM generate_series(1, 600) AS n;
INSERT INTO auth.group_roles
SELECT pg_temp.id('role' || n % 80 + 1), pg_temp.id('group' || n) FROM generate_series(1, 60) AS n;
INSERT INTO auth.scopes SELECT pg_temp.id('scope' || n), pg_temp.id('realm' || n % 11 + 2), 'scope ' || n FROM generate_series(1, 20) AS n;
INSERT INTO auth.client_scopes
SELECT DISTINCT pg_temp.id('client' || n % 40 + 1), pg_temp.id('scope' || n % 20 + 1), n % 2 = 0 FROM generate_series(1, 40) AS n;
INSERT INTO auth.consents
SELECT pg_temp.id('consent' || n), pg_temp.id('client' || n % 40 + 1), pg_temp.id('user' || n) FROM generate_series(1, 200) AS n;
INSERT INTO auth.consent_scopes SELECT pg_temp.id('consent' || n), pg_temp.id('scope' || n % 20 + 1) FROM generate_series(1, 200) AS n;
INSERT INTO auth.sessions
SELECT pg_temp.id('session' || n), n % 4 = 0, pg_temp.id('user' || n), pg_temp.id('realm' || n % 11 + 2),
       timestamptz '2025-05-01' + n * interval '1 minute', timestamptz '2025-05-02' + n * interval '1 minute',
       '{"notes": {"client": "' || pg_temp.id('client' || n % 40 + 1) || '"}}'
  FROM generate_series(1, 300) AS n;
INSERT INTO auth.client_sessions
SELECT session_id, offline, pg_temp.id('client' || n % 40 + 1), NULL
  FROM (SELECT s.*, row_number() OVER (ORDER BY session_id) AS n FROM auth.sessions s) AS s;
INSERT INTO auth.devices
SELECT 'dev_' || md5('device' || n), pg_temp.id('user' || n % 400 + 1), md5('push' || n), '192.0.2.7' FROM generate_series(1, 150) AS n;
INSERT INTO auth.tokens (token_id, user_id, device_id, token_hash, scopes, expires_at)
SELECT 'tok_' || md5('token' || n), pg_temp.id('user' || (n * 11) % 150 + 1),
       CASE WHEN n % 3 = 0 THEN 'dev_' || md5('device' || n) END, encode(sha256(convert_to('t' || n, 'UTF8')), 'hex'),
       ARRAY['read', 'group:' || pg_temp.id('group' || n % 60 + 1)], '2026-01-01'
  FROM generate_series(1, 150) AS n;
INSERT INTO auth.identity_providers SELECT pg_temp.id('idp' || n), pg_temp.id('realm' || n + 1), 'provider-' || n, '{}' FROM generate_series(1, 5) AS n;
INSERT INTO auth.federated_identities
SELECT 'provider-' || n % 5 + 1, pg_temp.id('user' || n), CASE n % 3 WHEN 0 THEN (100000 + n)::text WHEN 1 THEN 'u' || n ELSE pg_temp.id('remote' || n) END
  FROM generate_series(1, 90) AS n;
INSERT INTO auth.invitations
SELECT pg_temp.id('invitation' || n), 'guest' || n || '@mail.example', pg_temp.id('user' || n), pg_temp.id('group' || n), NULL
  FROM generate_series(1, 30) AS n;
INSERT INTO auth.settings VALUES ('theme', 'dark'), ('installation', pg_temp.id('installation')), ('limit', '500');
INSERT INTO flow.flows SELECT pg_temp.id('flow' || n), pg_temp.id('realm' || n % 11 + 2), 'browser ' || n FROM generate_series(1, 15) AS n;
INSERT INTO flow.executions
SELECT pg_temp.id('execution' || n), pg_temp.id('flow' || n % 15 + 1), CASE WHEN n > 15 THEN pg_temp.id('execution' || n - 15) END, n, 'REQUIRED'
  FROM generate_series(1, 90) AS n;
INSERT INTO flow.execution_config SELECT execution_id, '{"a": 1}' FROM flow.executions WHERE position % 2 = 0;
INSERT INTO audit.events
SELECT pg_temp.id('event' || n), timestamptz '2024-06-01 12:00Z' + n * interval '1 day', pg_temp.id('realm' || n % 11 + 2),
       pg_temp.id('user' || n % 400 + 1), (ARRAY['user', 'group', 'client'])[n % 3 + 1],
       pg_temp.id((ARRAY['user', 'group', 'client'])[n % 3 + 1] || n % 40 + 1),
       jsonb_build_object('session', pg_temp.id('session' || n % 300 + 1))
  FROM generate_series(1, 700) AS n;
INSERT INTO audit.webhooks SELECT pg_temp.id('webhook' || n), 'https://hooks.example/' || n, md5('hook' || n) FROM generate_series(1, 4) AS n;
INSERT INTO audit.deliveries (webhook_id, event_id, response)
SELECT pg_temp.id('webhook' || n % 4 + 1), pg_temp.id('event' || n), 'ok' FROM generate_series(1, 200) AS n;
INSERT INTO audit.admin_log (operation, resource_path, representation)
SELECT 'UPDATE', 'users/' || pg_temp.id('user' || n) || '/role-mappings', jsonb_build_object('id', pg_temp.id('user' || n))
  FROM generate_series(1, 100) AS n;
REFRESH MATERIALIZED VIEW auth.role_counts;
ANALYZE;
