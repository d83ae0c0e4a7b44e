begin;
drop table auth.mail_allowances;
drop table auth.account_links;
alter table auth.accounts drop column link_version;
commit;
