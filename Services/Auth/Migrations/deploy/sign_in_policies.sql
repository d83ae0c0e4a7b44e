-- Organizations that ask their staff for a second factor, and the login sessions in which it was given.
begin;

alter table auth.organizations add requires_second_factor boolean not null default false;

-- Null until both factors were given. Of those that go on from before it is not known: where it is asked for, they give it once more.
alter table auth.login_sessions add second_factor_at timestamptz;

drop trigger audit on auth.login_sessions;
create trigger audit after insert or delete or update of ended_at, end_reason, ends_at, second_factor_at on auth.login_sessions
    for each row execute function auth.audit(
        'login_session_id', 'device', 'address', 'refresh_counter', 'refresh_hash', 'last_seen_at', 'expires_at', 'idle_seconds', 'version');

commit;
