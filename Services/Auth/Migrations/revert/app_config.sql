begin;
drop table auth.app_config;
commit;
