begin;
drop index auth.login_sessions_expires;
commit;
