-- Organizations and accounts that are suspended for a while, or deleted and may be taken back. Nothing of theirs goes away.
begin;

alter table auth.organizations
    add is_active boolean not null default true,
    -- Hidden from everyone from then on but those who run the installation.
    add deleted_at timestamptz;
-- Those who run the installation list them by their standing, a page at a time.
create index organizations_is_active on auth.organizations (is_active, organization_id);

alter table auth.accounts
    add status text not null default 'active' constraint accounts_status_check check (status in ('active', 'suspended', 'deleted')),
    add deleted_at timestamptz,
    add constraint accounts_deleted_check check ((status = 'deleted') = (deleted_at is not null));

drop trigger audit on auth.accounts;
create trigger audit after insert or delete or update of email, email_verified_at, password_changed_at, status, deleted_at on auth.accounts
    for each row execute function auth.audit(
        'account_id', 'email_index', 'email', 'password_hash', 'pepper_kid', 'last_login_at', 'link_version', 'metadata');

alter table auth.login_sessions drop constraint login_sessions_end_reason_check;
alter table auth.login_sessions add constraint login_sessions_end_reason_check check (
    end_reason in ('logged_out', 'ended', 'refresh_token_reused', 'password_changed', 'person_removed', 'account_deleted'));

commit;
