begin;
drop table auth.trainer_engagements;
alter table auth.trainer_profiles drop certifications, drop experience, drop health_info, drop settings;
commit;
