-- A job deletes them by the hour, a thousand at a time, oldest first.
begin;

create index login_sessions_expires on auth.login_sessions (organization_id, expires_at);

commit;
