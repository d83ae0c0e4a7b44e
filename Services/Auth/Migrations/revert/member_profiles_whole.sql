begin;
drop table auth.member_health;
alter table auth.member_profiles
    drop training_phase, drop motivation, drop date_of_birth, drop emergency_contact, drop source, drop home_location_id, drop preferences,
    drop metadata, drop version, drop updated_at;
commit;
