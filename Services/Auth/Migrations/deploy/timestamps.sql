-- When everything was made and changed, by the database's clock where nobody says otherwise, and an index on every date.
begin;

alter table auth.erasure_requests alter created_at set default now(), alter updated_at set default now();
alter table auth.person_photos alter created_at set default now(), alter updated_at set default now();
alter table auth.trainer_documents alter created_at set default now(), alter updated_at set default now();
alter table auth.trainer_engagements alter created_at set default now(), alter updated_at set default now();

alter table auth.api_keys alter created_at set default now(), add updated_at timestamptz not null default now();
alter table auth.files alter created_at set default now(), add updated_at timestamptz not null default now();
alter table auth.identities alter created_at set default now(), add updated_at timestamptz not null default now();
alter table auth.invitations add updated_at timestamptz not null default now();
alter table auth.login_sessions add updated_at timestamptz not null default now();
alter table auth.member_profiles add created_at timestamptz not null default now();
alter table auth.platform_sessions add updated_at timestamptz not null default now();
alter table auth.second_factors add updated_at timestamptz not null default now();
alter table auth.member_grants add created_at timestamptz not null default now(), add updated_at timestamptz not null default now();
alter table auth.trainer_members add created_at timestamptz not null default now(), add updated_at timestamptz not null default now();
alter table auth.trainer_profiles add created_at timestamptz not null default now(), add updated_at timestamptz not null default now();

-- What is there says when it came, and when it was last changed. The policies do not apply to the owner of the tables for that long, and
-- nothing is changed that belongs into the log.
do $block$
declare
    entity text;
begin
    foreach entity in array array[
        'api_keys', 'files', 'invitations', 'login_sessions', 'member_profiles', 'member_grants', 'people', 'trainer_members',
        'trainer_profiles']
    loop
        execute format('alter table auth.%I no force row level security, disable trigger user', entity);
    end loop;

    update auth.api_keys set updated_at = greatest(created_at, revoked_at);
    update auth.files set updated_at = created_at;
    update auth.invitations set updated_at = greatest(created_at, accepted_at);
    update auth.login_sessions set updated_at = greatest(created_at, second_factor_at, ended_at);
    update auth.member_profiles set created_at = joined_at;
    update auth.member_grants set created_at = granted_at, updated_at = greatest(granted_at, revoked_at);
    update auth.trainer_members set created_at = started_at, updated_at = greatest(started_at, ended_at);
    update auth.trainer_profiles t set created_at = p.created_at, updated_at = p.updated_at
    from auth.people p where p.organization_id = t.organization_id and p.person_id = t.person_id;
    -- These belong to no organization, and are under no policies. Their triggers log no such change.
    update auth.identities set updated_at = created_at;
    update auth.platform_sessions set updated_at = greatest(created_at, second_factor_at, ended_at);
    update auth.second_factors set updated_at = greatest(created_at, enabled_at);

    foreach entity in array array[
        'api_keys', 'files', 'invitations', 'login_sessions', 'member_profiles', 'member_grants', 'people', 'trainer_members',
        'trainer_profiles']
    loop
        execute format('alter table auth.%I force row level security, enable trigger user', entity);
    end loop;
end
$block$;

-- To sign in, to show a key or to be told of something is no change of it.
call auth.touch_on('organizations');
call auth.touch_on('locations');
call auth.touch_on('accounts', 'link_version', 'last_login_at');
call auth.touch_on('people', 'last_login_at');
call auth.touch_on('own_profiles');
call auth.touch_on('member_profiles');
call auth.touch_on('member_health');
call auth.touch_on('trainer_profiles');
call auth.touch_on('trainer_engagements');
call auth.touch_on('trainer_members');
call auth.touch_on('member_grants');
call auth.touch_on('trainer_documents', 'warned', 'said');
call auth.touch_on('files');
call auth.touch_on('person_photos');
call auth.touch_on('invitations');
call auth.touch_on('login_sessions', 'address', 'refresh_counter', 'refresh_hash', 'last_seen_at', 'expires_at');
call auth.touch_on('second_factors', 'last_step');
call auth.touch_on('identities', 'last_used_at');
call auth.touch_on('passkeys', 'sign_count', 'last_used_at');
call auth.touch_on('api_keys', 'last_used_at');
call auth.touch_on('erasure_requests');
call auth.touch_on('platform_admins', 'totp_last_step', 'last_login_at');
call auth.touch_on('platform_sessions');
call auth.touch_on('app_config', 'said');

-- Block ranges: reports and operators ask by time, no statement of the service does, and an insert pays next to nothing. Somebody who signs
-- in is written to the indexes of their account and person anew; next to what a password's hash takes that is nothing.
create index organizations_times on auth.organizations using brin (created_at, updated_at, deleted_at);
create index locations_times on auth.locations using brin (created_at, updated_at, deleted_at);
create index accounts_times on auth.accounts using brin (
    created_at, updated_at, email_verified_at, password_changed_at, username_changed_at, last_login_at, deleted_at);
create index people_times on auth.people using brin (created_at, updated_at, last_login_at, deleted_at);
create index own_profiles_times on auth.own_profiles using brin (created_at, updated_at);
create index member_profiles_times on auth.member_profiles using brin (created_at, updated_at, joined_at);
create index member_health_times on auth.member_health using brin (created_at, updated_at);
create index trainer_profiles_times on auth.trainer_profiles using brin (created_at, updated_at);
create index trainer_engagements_times on auth.trainer_engagements using brin (created_at, updated_at, starts_on, ends_on);
create index trainer_members_times on auth.trainer_members using brin (created_at, updated_at, started_at, ended_at);
create index member_grants_times on auth.member_grants using brin (created_at, updated_at, granted_at, revoked_at);
create index trainer_documents_times on auth.trainer_documents using brin (created_at, updated_at, issued_on, expires_on, decided_at);
create index files_times on auth.files using brin (created_at, updated_at);
create index person_photos_times on auth.person_photos using brin (created_at, updated_at);
create index invitations_times on auth.invitations using brin (created_at, updated_at, expires_at, accepted_at);
create index login_sessions_times on auth.login_sessions using brin (
    created_at, updated_at, last_seen_at, second_factor_at, ends_at, ended_at);
create index second_factors_times on auth.second_factors using brin (created_at, updated_at, enabled_at);
create index identities_times on auth.identities using brin (created_at, updated_at, last_used_at);
create index passkeys_times on auth.passkeys using brin (created_at, updated_at, last_used_at, suspected_at);
create index api_keys_times on auth.api_keys using brin (created_at, updated_at, last_used_at, expires_at, revoked_at);
create index erasure_requests_times on auth.erasure_requests using brin (created_at, updated_at, finished_at);
create index platform_admins_times on auth.platform_admins using brin (created_at, updated_at, totp_enabled_at, last_login_at);
create index platform_sessions_times on auth.platform_sessions using brin (created_at, updated_at, second_factor_at, ended_at);
create index app_config_times on auth.app_config using brin (created_at, updated_at);
create index person_keys_times on auth.person_keys using brin (created_at);
create index recovery_codes_times on auth.recovery_codes using brin (created_at, used_at);

commit;
