begin;
drop table auth.one_time_codes;
-- There is no app that would know another secret: whoever had codes mailed signs in with the password alone.
delete from auth.second_factors where secret is null;
alter table auth.second_factors drop constraint second_factors_secret_check;
alter table auth.second_factors alter column secret set not null;
commit;
