begin;
drop table auth.trainer_members;
commit;
