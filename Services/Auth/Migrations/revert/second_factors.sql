begin;
drop table auth.recovery_codes;
drop table auth.second_factors;
commit;
