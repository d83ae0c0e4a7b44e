begin;
drop table auth.own_profiles;
drop trigger audit on auth.accounts;
create trigger audit after insert or delete or update of email, email_verified_at, password_changed_at, status, deleted_at on auth.accounts
    for each row execute function auth.audit(
        'account_id', 'email_index', 'email', 'password_hash', 'pepper_kid', 'last_login_at', 'link_version', 'metadata');
alter table auth.accounts drop constraint accounts_username_check, drop username, drop username_index, drop username_changed_at;
commit;
