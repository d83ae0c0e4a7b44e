begin;

drop index auth.organizations_times, auth.locations_times, auth.accounts_times, auth.people_times, auth.own_profiles_times,
    auth.member_profiles_times, auth.member_health_times, auth.trainer_profiles_times, auth.trainer_engagements_times,
    auth.trainer_members_times, auth.member_grants_times, auth.trainer_documents_times, auth.files_times, auth.person_photos_times,
    auth.invitations_times, auth.login_sessions_times, auth.second_factors_times, auth.identities_times, auth.passkeys_times,
    auth.api_keys_times, auth.erasure_requests_times, auth.platform_admins_times, auth.platform_sessions_times, auth.app_config_times,
    auth.person_keys_times, auth.recovery_codes_times;
drop trigger touch on auth.app_config;
drop trigger touch on auth.platform_sessions;
drop trigger touch on auth.platform_admins;
drop trigger touch on auth.erasure_requests;
drop trigger touch on auth.api_keys;
drop trigger touch on auth.passkeys;
drop trigger touch on auth.identities;
drop trigger touch on auth.second_factors;
drop trigger touch on auth.login_sessions;
drop trigger touch on auth.invitations;
drop trigger touch on auth.person_photos;
drop trigger touch on auth.files;
drop trigger touch on auth.trainer_documents;
drop trigger touch on auth.member_grants;
drop trigger touch on auth.trainer_members;
drop trigger touch on auth.trainer_engagements;
drop trigger touch on auth.trainer_profiles;
drop trigger touch on auth.member_health;
drop trigger touch on auth.member_profiles;
drop trigger touch on auth.own_profiles;
drop trigger touch on auth.people;
drop trigger touch on auth.accounts;
drop trigger touch on auth.locations;
drop trigger touch on auth.organizations;

alter table auth.trainer_profiles drop created_at, drop updated_at;
alter table auth.trainer_members drop created_at, drop updated_at;
alter table auth.member_grants drop created_at, drop updated_at;
alter table auth.second_factors drop updated_at;
alter table auth.platform_sessions drop updated_at;
alter table auth.member_profiles drop created_at;
alter table auth.login_sessions drop updated_at;
alter table auth.invitations drop updated_at;
alter table auth.identities alter created_at drop default, drop updated_at;
alter table auth.files alter created_at drop default, drop updated_at;
alter table auth.api_keys alter created_at drop default, drop updated_at;

alter table auth.trainer_engagements alter created_at drop default, alter updated_at drop default;
alter table auth.trainer_documents alter created_at drop default, alter updated_at drop default;
alter table auth.person_photos alter created_at drop default, alter updated_at drop default;
alter table auth.erasure_requests alter created_at drop default, alter updated_at drop default;

commit;
