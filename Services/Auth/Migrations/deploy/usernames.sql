-- What else people sign in by, and what they say of themselves.
begin;

alter table auth.accounts
    -- As with addresses: a keyed hash finds it exactly, and it is sealed under the installation's key.
    add username_index bytea constraint accounts_username_index_key unique
        constraint accounts_username_index_check check (octet_length(username_index) = 16),
    add username bytea,
    add username_changed_at timestamptz,
    add constraint accounts_username_check check ((username is null) = (username_index is null));

-- Names stay out of the log as addresses do; when one was chosen or given up is in it.
drop trigger audit on auth.accounts;
create trigger audit after insert or delete
    or update of email, email_verified_at, password_changed_at, username_changed_at, status, deleted_at on auth.accounts
    for each row execute function auth.audit(
        'account_id', 'email_index', 'email', 'username_index', 'username', 'password_hash', 'pepper_kid', 'last_login_at', 'link_version',
        'metadata');

-- Apart from people: nothing here is shown to others, and few fill it in.
create table auth.own_profiles (
    organization_id uuid not null,
    person_id uuid not null,
    -- Both sealed under the person's key.
    bio bytea,
    photo_url bytea,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint own_profiles_pkey primary key (organization_id, person_id),
    constraint own_profiles_person_fkey foreign key (organization_id, person_id) references auth.people on delete cascade
);
create trigger audit after insert or update or delete on auth.own_profiles
    for each row execute function auth.audit('person_id');

alter table auth.own_profiles enable row level security;
alter table auth.own_profiles force row level security;
create policy tenant on auth.own_profiles to auth
    using (organization_id = (select app.organization_id()))
    with check (organization_id = (select app.organization_id()));

commit;
