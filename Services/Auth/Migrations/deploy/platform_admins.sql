-- Those who run the installation: apart from accounts and people, with a sign-in of their own and a second factor that is not left to
-- them.
begin;

create table auth.platform_admins (
    platform_admin_id uuid not null constraint platform_admins_pkey primary key,
    username text not null constraint platform_admins_username_key unique
        constraint platform_admins_username_check check (username ~ '^[a-z0-9][a-z0-9_-]{2,59}$'),
    -- A keyed hash of the normalized address: found exactly, read by nobody.
    email_index bytea not null constraint platform_admins_email_index_key unique
        constraint platform_admins_email_index_check check (octet_length(email_index) = 16),
    -- Sealed under the installation's key.
    email bytea not null,
    -- bcrypt over base64(HMAC-SHA-384(pepper, password)).
    password_hash text not null
        constraint platform_admins_password_hash_check check (password_hash ~ '^\$2b\$[0-9]{2}\$[./A-Za-z0-9]{53}$'),
    pepper_kid text not null,
    is_active boolean not null default true,
    -- What the authenticator app shares, sealed under the installation's key; enabled by its first code.
    totp_secret bytea,
    totp_enabled_at timestamptz constraint platform_admins_totp_check check (totp_enabled_at is null or totp_secret is not null),
    -- The step of the last code that was good: no code is good twice.
    totp_last_step bigint not null default 0 constraint platform_admins_totp_last_step_check check (totp_last_step >= 0),
    last_login_at timestamptz,
    version bigint not null default 1 constraint platform_admins_version_check check (version >= 1),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
comment on table auth.platform_admins is 'Platform table: who runs the installation';

create table auth.platform_sessions (
    platform_session_id uuid not null constraint platform_sessions_pkey primary key,
    platform_admin_id uuid not null constraint platform_sessions_admin_fkey references auth.platform_admins on delete cascade,
    -- Null until both factors were given.
    second_factor_at timestamptz,
    expires_at timestamptz not null constraint platform_sessions_expires_check check (expires_at > created_at),
    ended_at timestamptz,
    created_at timestamptz not null default now()
);
create index platform_sessions_admin on auth.platform_sessions (platform_admin_id);
create index platform_sessions_expires_at on auth.platform_sessions (expires_at);
comment on table auth.platform_sessions is 'Platform table: sign-ins of those who run the installation';

-- What they do to no organization is logged as well, under the nil UUID, which stands for the installation.
create trigger audit after insert or delete or update of username, email, password_hash, is_active, totp_secret, totp_enabled_at
    on auth.platform_admins
    for each row execute function auth.audit(
        'platform_admin_id', 'email_index', 'email', 'password_hash', 'pepper_kid', 'totp_secret', 'totp_last_step', 'last_login_at');
create trigger audit after insert or delete or update of second_factor_at, ended_at on auth.platform_sessions
    for each row execute function auth.audit('platform_session_id,platform_admin_id', 'expires_at');

-- They see which organizations there are; what they change of one is changed in it.
create policy platform on auth.organizations for select to auth
    using ((select app.platform_admin_id()) is not null);

commit;
