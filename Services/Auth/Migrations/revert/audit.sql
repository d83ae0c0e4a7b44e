begin;

drop trigger audit on auth.account_links;
drop trigger audit on auth.identities;
drop trigger audit on auth.recovery_codes;
drop trigger audit on auth.second_factors;
drop trigger audit on auth.accounts;
drop trigger audit on auth.api_keys;
drop trigger audit on auth.login_sessions;
drop trigger audit on auth.invitations;
drop trigger audit on auth.person_keys;
drop trigger audit on auth.trainer_profiles;
drop trigger audit on auth.member_profiles;
drop trigger audit on auth.people;
drop trigger audit on auth.locations;
drop trigger audit on auth.tax_rates;
drop trigger audit on auth.organizations;

commit;
