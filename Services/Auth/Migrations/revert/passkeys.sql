begin;
drop table auth.passkeys, auth.passkey_challenges;
commit;
