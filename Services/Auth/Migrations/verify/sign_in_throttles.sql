select account_key, failures, blocked_until, last_failure_at from auth.sign_in_failures where false;
select address_key, tries, counted_at from auth.sign_in_addresses where false;
