begin;
drop index auth.trainer_profiles_specializations;
alter table auth.trainer_profiles drop bio, drop business_name, drop license_number;
commit;
