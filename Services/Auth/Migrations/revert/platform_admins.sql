begin;
drop policy platform on auth.organizations;
drop table auth.platform_sessions;
drop table auth.platform_admins;
commit;
