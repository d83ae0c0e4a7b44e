select account_id, purpose, token_hash, email, created_at, expires_at from auth.account_links where false;
select subject_key, mails, counted_at from auth.mail_allowances where false;
select link_version from auth.accounts where false;
