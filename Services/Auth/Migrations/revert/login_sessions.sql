drop table auth.login_sessions;
