begin;

create table auth.login_sessions (
    organization_id uuid not null,
    login_session_id uuid not null,
    person_id uuid not null,
    account_id uuid not null constraint login_sessions_account_fkey references auth.accounts,
    -- Both sealed under the person's key.
    device bytea not null,
    address bytea not null,
    -- The one refresh token that is good now; those before it have smaller numbers.
    refresh_counter bigint not null constraint login_sessions_refresh_counter_check check (refresh_counter >= 1),
    refresh_hash bytea not null constraint login_sessions_refresh_hash_check check (octet_length(refresh_hash) = 32),
    -- How long it may lie idle, and when it ends however busy it is.
    idle_seconds int not null constraint login_sessions_idle_seconds_check check (idle_seconds > 0),
    ends_at timestamptz not null,
    expires_at timestamptz not null constraint login_sessions_expires_check check (expires_at <= ends_at),
    created_at timestamptz not null default now(),
    last_seen_at timestamptz not null,
    ended_at timestamptz,
    end_reason text constraint login_sessions_end_reason_check
        check (end_reason in ('logged_out', 'ended', 'refresh_token_reused', 'password_changed', 'person_removed')),
    version bigint not null default 1 constraint login_sessions_version_check check (version >= 1),
    constraint login_sessions_ended_check check ((ended_at is null) = (end_reason is null)),
    constraint login_sessions_pkey primary key (organization_id, login_session_id),
    constraint login_sessions_person_fkey foreign key (organization_id, person_id) references auth.people on delete cascade
);

create index login_sessions_person on auth.login_sessions (organization_id, person_id, login_session_id);
create index login_sessions_account on auth.login_sessions (account_id);

alter table auth.login_sessions enable row level security;
alter table auth.login_sessions force row level security;
create policy tenant on auth.login_sessions to auth
    using (organization_id = (select app.organization_id()))
    with check (organization_id = (select app.organization_id()));

commit;
