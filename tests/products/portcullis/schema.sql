-- Portcullis, an identity server of the kind that keeps its ids as varchar: realms, users, groups, roles, clients,
-- sessions, tokens, an audit trail. Some references are declared, some are not; the realm called master has a word for
-- an id. Written for a database without anything in it; the owner of the database is enough.
CREATE SCHEMA auth;
CREATE SCHEMA audit;
CREATE SCHEMA flow;
COMMENT ON SCHEMA auth IS 'Who may do what';

CREATE DOMAIN auth.slug AS varchar(64) CHECK (VALUE ~ '^[a-z0-9-]+$');

CREATE TABLE auth.realms (
    id varchar(36) PRIMARY KEY,
    slug auth.slug NOT NULL UNIQUE,
    display_name text NOT NULL,
    settings jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE auth.users (
    id varchar(36) CONSTRAINT users_pk PRIMARY KEY DEFAULT gen_random_uuid()::text,
    realm_id varchar(36) NOT NULL REFERENCES auth.realms ON DELETE RESTRICT,
    username varchar(255) NOT NULL,
    email varchar(255),
    email_verified boolean NOT NULL DEFAULT false,
    enabled boolean NOT NULL DEFAULT true,
    created_by varchar(36),
    manager_id varchar(36) REFERENCES auth.users ON DELETE SET NULL,
    avatar_hash char(32),
    login_name text GENERATED ALWAYS AS (lower(username::text)) STORED,
    urn text GENERATED ALWAYS AS ('urn:portcullis:user:' || id::text) STORED,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT users_name_is_free UNIQUE (realm_id, username)
);
CREATE INDEX users_enabled ON auth.users (realm_id, id) WHERE enabled;
CREATE INDEX users_email ON auth.users (lower(email::text));
CREATE INDEX users_created_by ON auth.users USING hash (created_by);
CREATE UNIQUE INDEX users_first_digits ON auth.users ((left(id::text, 18)));
ALTER TABLE auth.users ALTER COLUMN id SET STATISTICS 500;
ALTER TABLE auth.users CLUSTER ON users_name_is_free;
CREATE STATISTICS auth.users_realm_manager (dependencies, ndistinct) ON realm_id, manager_id FROM auth.users;
COMMENT ON TABLE auth.users IS 'Everybody who can log in';
COMMENT ON COLUMN auth.users.id IS 'Never reused';
COMMENT ON COLUMN auth.users.created_by IS 'The user who made this one; nobody for those who registered';

CREATE TABLE auth.credentials (
    id varchar(36) PRIMARY KEY,
    user_id varchar(36) NOT NULL REFERENCES auth.users ON DELETE CASCADE,
    kind varchar(32) NOT NULL CHECK (kind IN ('password', 'totp', 'passkey')),
    secret_data text NOT NULL,
    priority integer NOT NULL DEFAULT 10,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX credentials_user ON auth.credentials (user_id, priority DESC) INCLUDE (kind);

CREATE TABLE auth.user_attributes (
    id varchar(36) PRIMARY KEY,
    user_id varchar(36) NOT NULL REFERENCES auth.users ON DELETE CASCADE,
    name varchar(255) NOT NULL,
    value text
);
CREATE INDEX user_attributes_by_value ON auth.user_attributes (name, left(value, 40));

CREATE TABLE auth.required_actions (
    user_id varchar(36) REFERENCES auth.users ON DELETE CASCADE,
    action varchar(64),
    PRIMARY KEY (user_id, action)
);

CREATE TABLE auth.groups (
    id varchar(36) PRIMARY KEY,
    realm_id varchar(36) NOT NULL REFERENCES auth.realms,
    parent_group varchar(36),
    name varchar(255) NOT NULL,
    UNIQUE NULLS NOT DISTINCT (realm_id, parent_group, name)
);
CREATE INDEX groups_parent ON auth.groups (parent_group) WHERE parent_group IS NOT NULL;

CREATE TABLE auth.group_members (
    group_id varchar(36) NOT NULL REFERENCES auth.groups ON DELETE CASCADE,
    user_id varchar(36) NOT NULL REFERENCES auth.users ON DELETE CASCADE,
    since date NOT NULL DEFAULT current_date,
    PRIMARY KEY (group_id, user_id)
);
CREATE INDEX group_members_user ON auth.group_members (user_id);

CREATE TABLE auth.clients (
    id varchar(36) PRIMARY KEY,
    realm_id varchar(36) NOT NULL REFERENCES auth.realms,
    client_id varchar(255) NOT NULL,
    secret varchar(255),
    base_url varchar(255),
    UNIQUE (realm_id, client_id)
);

CREATE TABLE auth.redirect_uris (
    client_id varchar(36) NOT NULL REFERENCES auth.clients (id) ON DELETE CASCADE ON UPDATE CASCADE,
    value varchar(255) NOT NULL,
    PRIMARY KEY (client_id, value)
);

CREATE TABLE auth.roles (
    id varchar(36) PRIMARY KEY,
    realm_id varchar(36) REFERENCES auth.realms,
    client varchar(36) REFERENCES auth.clients DEFERRABLE INITIALLY DEFERRED,
    name varchar(255) NOT NULL,
    CHECK (realm_id IS NOT NULL OR client IS NOT NULL)
);
CREATE UNIQUE INDEX roles_of_client ON auth.roles (client, name) WHERE client IS NOT NULL;

CREATE TABLE auth.composite_roles (
    composite varchar(36) NOT NULL REFERENCES auth.roles,
    child_role varchar(36) NOT NULL REFERENCES auth.roles,
    PRIMARY KEY (composite, child_role),
    CHECK (composite <> child_role)
);

-- No foreign key on role_id: roles of other systems used to be mapped here.
CREATE TABLE auth.user_roles (
    role_id varchar(255) NOT NULL,
    user_id varchar(36) NOT NULL REFERENCES auth.users ON DELETE CASCADE,
    PRIMARY KEY (role_id, user_id)
);
CREATE TABLE auth.group_roles (
    role_id varchar(36) NOT NULL,
    group_id varchar(36) NOT NULL REFERENCES auth.groups ON DELETE CASCADE,
    PRIMARY KEY (role_id, group_id)
);

CREATE TABLE auth.scopes (
    id varchar(36) PRIMARY KEY,
    realm_id varchar(36) REFERENCES auth.realms,
    name varchar(255)
);
CREATE TABLE auth.client_scopes (
    client_id varchar(36) NOT NULL,
    scope_id varchar(36) NOT NULL,
    by_default boolean NOT NULL DEFAULT false,
    PRIMARY KEY (client_id, scope_id)
);

CREATE TABLE auth.consents (
    id varchar(36) PRIMARY KEY,
    client_id varchar(36) NOT NULL REFERENCES auth.clients ON DELETE CASCADE,
    user_id varchar(36) NOT NULL REFERENCES auth.users ON DELETE CASCADE,
    UNIQUE (client_id, user_id)
);
CREATE TABLE auth.consent_scopes (
    consent_id varchar(36) NOT NULL REFERENCES auth.consents ON DELETE CASCADE,
    scope_id varchar(36) NOT NULL REFERENCES auth.scopes,
    PRIMARY KEY (consent_id, scope_id)
);

CREATE UNLOGGED TABLE auth.sessions (
    session_id varchar(36) NOT NULL,
    offline boolean NOT NULL,
    user_id varchar(255),
    realm_id varchar(36) NOT NULL,
    started_at timestamptz NOT NULL,
    last_seen timestamptz NOT NULL,
    data text,
    PRIMARY KEY (session_id, offline)
) WITH (fillfactor = 80);
CREATE INDEX sessions_last_seen ON auth.sessions USING brin (last_seen);
CREATE INDEX sessions_user ON auth.sessions (user_id);
CREATE UNLOGGED TABLE auth.client_sessions (
    session_id varchar(36) NOT NULL,
    offline boolean NOT NULL,
    client_id varchar(36) NOT NULL,
    note text,
    PRIMARY KEY (session_id, client_id, offline),
    FOREIGN KEY (session_id, offline) REFERENCES auth.sessions ON DELETE CASCADE
);

CREATE TABLE auth.devices (
    device_id varchar(64) PRIMARY KEY,
    user_id varchar(36) NOT NULL REFERENCES auth.users ON DELETE CASCADE,
    push_token text,
    last_ip inet
);
CREATE TABLE auth.tokens (
    token_id varchar(64) PRIMARY KEY DEFAULT 'tok_' || replace(gen_random_uuid()::text, '-', ''),
    user_id varchar(36) NOT NULL REFERENCES auth.users ON DELETE CASCADE,
    device_id varchar(64) REFERENCES auth.devices ON DELETE SET NULL,
    token_hash char(64) NOT NULL UNIQUE,
    scopes text[] NOT NULL DEFAULT '{}',
    expires_at timestamptz,
    EXCLUDE USING btree (token_hash WITH =)
);

CREATE TABLE auth.identity_providers (
    internal_id varchar(36) PRIMARY KEY,
    realm_id varchar(36) NOT NULL REFERENCES auth.realms,
    alias varchar(255) NOT NULL,
    config jsonb,
    UNIQUE (realm_id, alias)
);
CREATE TABLE auth.federated_identities (
    provider varchar(255) NOT NULL,
    user_id varchar(36) NOT NULL REFERENCES auth.users ON DELETE CASCADE,
    remote_user varchar(255) NOT NULL,
    PRIMARY KEY (provider, user_id)
);
CREATE TABLE auth.invitations (
    id varchar(36) PRIMARY KEY,
    email varchar(255) NOT NULL,
    invited_by_user_id varchar(36),
    group_id varchar(36) REFERENCES auth.groups ON DELETE SET NULL (group_id),
    accepted_at timestamptz
);
CREATE TABLE auth.settings (key varchar(100) PRIMARY KEY, value text);

CREATE TABLE flow.flows (
    flow_id varchar(36) PRIMARY KEY,
    realm_id varchar(36) NOT NULL REFERENCES auth.realms,
    alias varchar(255) NOT NULL
);
CREATE TABLE flow.executions (
    execution_id varchar(36) PRIMARY KEY,
    flow_id varchar(36) NOT NULL REFERENCES flow.flows ON DELETE CASCADE,
    parent_execution_id varchar(36),
    position integer NOT NULL,
    requirement varchar(20) NOT NULL,
    UNIQUE (flow_id, position) DEFERRABLE INITIALLY IMMEDIATE
);
CREATE TABLE flow.execution_config (
    execution_id varchar(36) PRIMARY KEY REFERENCES flow.executions ON DELETE CASCADE,
    config jsonb NOT NULL
);

CREATE TABLE audit.events (
    event_id varchar(36) NOT NULL,
    happened_at timestamptz NOT NULL,
    realm_id varchar(36) NOT NULL,
    actor_user_id varchar(36),
    subject_type varchar(20) NOT NULL,
    subject_id varchar(36) NOT NULL,
    details jsonb,
    PRIMARY KEY (event_id, happened_at)
) PARTITION BY RANGE (happened_at);
CREATE TABLE audit.events_2024 PARTITION OF audit.events FOR VALUES FROM ('2024-01-01 00:00Z') TO ('2025-01-01 00:00Z');
CREATE TABLE audit.events_2025 PARTITION OF audit.events FOR VALUES FROM ('2025-01-01 00:00Z') TO ('2026-01-01 00:00Z');
CREATE TABLE audit.events_later PARTITION OF audit.events DEFAULT;
CREATE INDEX events_actor ON audit.events (actor_user_id, happened_at DESC);
CREATE INDEX events_2025_subject ON audit.events_2025 (subject_type, subject_id);
ALTER TABLE audit.events_2025 ALTER COLUMN event_id SET DEFAULT gen_random_uuid()::text;

CREATE TABLE audit.webhooks (
    id varchar(36) PRIMARY KEY,
    url text NOT NULL,
    secret text
);
CREATE TABLE audit.deliveries (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    webhook_id varchar(36) NOT NULL REFERENCES audit.webhooks,
    event_id varchar(36) NOT NULL,
    response text
);
CREATE TABLE audit.admin_log (
    id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    operation varchar(20) NOT NULL,
    resource_path text NOT NULL,
    representation jsonb
);

CREATE VIEW auth.active_users WITH (security_barrier) AS
    SELECT u.id, u.username, u.email, r.slug AS realm, u.manager_id
      FROM auth.users u JOIN auth.realms r ON r.id = u.realm_id
     WHERE u.enabled;
CREATE VIEW auth.managers AS
    SELECT m.id AS manager, m.username, count(u.id) AS reports
      FROM auth.active_users u JOIN auth.active_users m ON m.id = u.manager_id
     GROUP BY m.id, m.username;
COMMENT ON VIEW auth.managers IS 'Who leads whom';
GRANT SELECT ON auth.managers TO PUBLIC;
CREATE VIEW auth.granted (user_id, role_name, granted_by) AS
    SELECT ur.user_id, r.name, 'user'::text FROM auth.user_roles ur JOIN auth.roles r ON r.id = ur.role_id
    UNION ALL
    SELECT gm.user_id, r.name, 'group'
      FROM auth.group_members gm
      JOIN auth.group_roles gr ON gr.group_id = gm.group_id
      JOIN auth.roles r ON r.id = gr.role_id;
CREATE RECURSIVE VIEW auth.group_paths (id, path) AS
    SELECT g.id, g.name::text FROM auth.groups g WHERE g.parent_group IS NULL
    UNION ALL
    SELECT g.id, p.path || '/' || g.name FROM auth.groups g JOIN group_paths p ON p.id = g.parent_group;
CREATE MATERIALIZED VIEW auth.role_counts AS
    SELECT user_id, count(*) AS roles FROM auth.granted GROUP BY user_id;
CREATE UNIQUE INDEX role_counts_user ON auth.role_counts (user_id);
CREATE MATERIALIZED VIEW audit.last_seen AS
    SELECT actor_user_id AS user_id, max(happened_at) AS at FROM audit.events GROUP BY actor_user_id
    WITH NO DATA;

ALTER TABLE auth.tokens ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tokens ON auth.tokens USING (user_id::text = current_setting('portcullis.user_id', true));
CREATE POLICY managers_read ON auth.tokens FOR SELECT
    USING (user_id IN (SELECT u.id FROM auth.users u WHERE u.manager_id::text = current_setting('portcullis.user_id', true)));
ALTER TABLE auth.devices ENABLE ROW LEVEL SECURITY;
CREATE POLICY devices_of_the_enabled ON auth.devices
    USING (EXISTS (SELECT FROM auth.users u WHERE u.id = devices.user_id AND u.enabled));

CREATE FUNCTION auth.touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END $$;
CREATE TRIGGER touch BEFORE UPDATE ON auth.users FOR EACH ROW
    WHEN (OLD.username IS DISTINCT FROM NEW.username OR OLD.email IS DISTINCT FROM NEW.email) EXECUTE FUNCTION auth.touch();
CREATE FUNCTION auth.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'this cannot be changed';
END $$;
CREATE TRIGGER ids_stay BEFORE UPDATE OF id ON auth.users FOR EACH ROW
    WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION auth.refuse();
CREATE FUNCTION auth.manager_of(person auth.users) RETURNS text LANGUAGE sql STABLE
    BEGIN ATOMIC
        SELECT m.username::text FROM auth.users m WHERE m.id = (person).manager_id;
    END;
