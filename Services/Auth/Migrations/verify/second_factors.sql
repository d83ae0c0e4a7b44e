select account_id, secret, enabled_at, last_step, created_at from auth.second_factors where false;
select account_id, code_hash, used_at, created_at from auth.recovery_codes where false;
