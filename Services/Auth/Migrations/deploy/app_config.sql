-- What the whole installation is set to. Keys come with releases: a row that nobody reads would only look as if it did something.
begin;

create table auth.app_config (
    app_config_id uuid not null default gen_random_uuid() constraint app_config_pkey primary key,
    key text not null constraint app_config_key_key unique constraint app_config_key_check check (key ~ '^[a-z][a-z_]{0,62}$'),
    value text not null constraint app_config_value_check check (char_length(value) between 1 and 2000),
    description text not null constraint app_config_description_check check (char_length(description) between 1 and 200),
    version bigint not null default 1 constraint app_config_version_check check (version >= 1),
    -- How often the other processes were told.
    said bigint not null default 0 constraint app_config_said_check check (said >= 0),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
comment on table auth.app_config is 'Platform table: what the installation is set to';
create trigger audit after insert or delete or update of value, description on auth.app_config
    for each row execute function auth.audit('app_config_id,key', 'said');

insert into auth.app_config (key, value, description) values
    ('signups_open', 'true', 'Whether new organizations may sign up'),
    ('read_only', 'false', 'Whether nothing may be changed in any organization for now');

commit;
