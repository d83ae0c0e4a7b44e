drop table auth.accounts;
