begin;
drop trigger audit on auth.login_sessions;
create trigger audit after insert or delete or update of ended_at, end_reason, ends_at on auth.login_sessions
    for each row execute function auth.audit(
        'login_session_id', 'device', 'address', 'refresh_counter', 'refresh_hash', 'last_seen_at', 'expires_at', 'idle_seconds', 'version');
alter table auth.login_sessions drop second_factor_at;
alter table auth.organizations drop requires_second_factor;
commit;
