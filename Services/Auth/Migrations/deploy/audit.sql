-- Changes of these tables are logged in their transaction; the arguments are the id's column and the columns that are left out.
-- `update of` names what is worth a row: what counts up with every sign-in or refresh is not.
begin;

create trigger audit after insert or update or delete on auth.organizations
    for each row execute function auth.audit('organization_id');
create trigger audit after insert or update or delete on auth.tax_rates
    for each row execute function auth.audit('organization_id,code');
create trigger audit after insert or update or delete on auth.locations
    for each row execute function auth.audit('location_id');
-- Sealed columns are logged as they are stored: they become unreadable with the person's key.
create trigger audit after insert or delete
    or update of account_id, roles, full_name, email, phone, is_active, version, deleted_at on auth.people
    for each row execute function auth.audit('person_id', 'email_index', 'last_login_at');
create trigger audit after insert or update or delete on auth.member_profiles
    for each row execute function auth.audit('person_id');
create trigger audit after insert or update or delete on auth.trainer_profiles
    for each row execute function auth.audit('person_id');
-- Keys are made with their person. That one was destroyed is worth knowing.
create trigger audit after delete on auth.person_keys
    for each row execute function auth.audit('person_id', 'wrapped');
create trigger audit after insert or update or delete on auth.invitations
    for each row execute function auth.audit('person_id', 'token_hash');
create trigger audit after insert or delete or update of ended_at, end_reason, ends_at on auth.login_sessions
    for each row execute function auth.audit(
        'login_session_id', 'device', 'address', 'refresh_counter', 'refresh_hash', 'last_seen_at', 'expires_at', 'idle_seconds', 'version');

create trigger audit after insert or delete or update of name, scopes, expires_at, revoked_at on auth.api_keys
    for each row execute function auth.audit('api_key_id', 'secret_hash', 'last_used_at');

-- Accounts belong to no organization: what is done from within one is logged there, and the login sessions that it ends everywhere are
-- logged where they were. Addresses are sealed under the installation's key, which outlives the person, and stay out.
create trigger audit after insert or delete or update of email, email_verified_at, password_changed_at on auth.accounts
    for each row execute function auth.audit(
        'account_id', 'email_index', 'email', 'password_hash', 'pepper_kid', 'last_login_at', 'link_version');
create trigger audit after insert or delete or update of secret, enabled_at on auth.second_factors
    for each row execute function auth.audit('account_id', 'secret', 'last_step');
create trigger audit after insert or update or delete on auth.recovery_codes
    for each row execute function auth.audit('account_id', 'code_hash');
create trigger audit after insert or delete on auth.identities
    for each row execute function auth.audit('identity_id', 'subject_key', 'last_used_at');
create trigger audit after insert or update or delete on auth.account_links
    for each row execute function auth.audit('account_id', 'token_hash', 'email');

commit;
