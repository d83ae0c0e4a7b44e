begin;
drop table auth.trainer_profiles;
drop table auth.member_profiles;
drop table auth.person_name_grams;
drop table auth.person_keys;
drop table auth.people;
commit;
