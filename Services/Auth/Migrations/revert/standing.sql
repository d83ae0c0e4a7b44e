begin;
alter table auth.login_sessions no force row level security;
update auth.login_sessions set end_reason = 'ended' where end_reason = 'account_deleted';
alter table auth.login_sessions force row level security;
alter table auth.login_sessions drop constraint login_sessions_end_reason_check;
alter table auth.login_sessions add constraint login_sessions_end_reason_check
    check (end_reason in ('logged_out', 'ended', 'refresh_token_reused', 'password_changed', 'person_removed'));
drop trigger audit on auth.accounts;
create trigger audit after insert or delete or update of email, email_verified_at, password_changed_at on auth.accounts
    for each row execute function auth.audit(
        'account_id', 'email_index', 'email', 'password_hash', 'pepper_kid', 'last_login_at', 'link_version');
alter table auth.accounts drop constraint accounts_deleted_check, drop status, drop deleted_at;
drop index auth.organizations_is_active;
alter table auth.organizations drop is_active, drop deleted_at;
commit;
