begin;
drop table auth.person_merges;
commit;
