begin;
drop table auth.sign_in_addresses;
drop table auth.sign_in_failures;
commit;
