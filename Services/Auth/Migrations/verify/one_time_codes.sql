select account_id, code_hash, tries, created_at, expires_at from auth.one_time_codes where false;
select 1 / count(*) from pg_constraint where conname = 'second_factors_secret_check';
