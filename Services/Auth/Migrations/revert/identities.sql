begin;
drop table auth.provider_sign_ins;
drop table auth.identities;
commit;
