select 1 / (to_regclass('auth.login_sessions_expires') is not null)::int;
