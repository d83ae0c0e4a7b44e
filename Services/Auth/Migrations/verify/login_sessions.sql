select organization_id, login_session_id, person_id, account_id, device, address, refresh_counter, refresh_hash, idle_seconds, ends_at, expires_at,
    created_at, last_seen_at, ended_at, end_reason, version
from auth.login_sessions where false;
select 1 / (relrowsecurity and relforcerowsecurity)::int from pg_class where oid = 'auth.login_sessions'::regclass;
