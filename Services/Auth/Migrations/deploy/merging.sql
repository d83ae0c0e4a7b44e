-- Merging two people who are one: what was asked for, and what each service has answered.
begin;

create table auth.person_merges (
    organization_id uuid not null constraint person_merges_organization_fkey references auth.organizations,
    merge_id uuid not null,
    -- Both may be erased one day, or the kept one be merged into somebody else: no foreign keys.
    kept_id uuid not null,
    duplicate_id uuid not null,
    -- Null when it was somebody who was erased since.
    requested_by uuid,
    -- Names of fields, and roles: {"filled", "conflicts", "roles", "moves_account"}.
    plan jsonb not null constraint person_merges_plan_check check (jsonb_typeof(plan) = 'object'),
    -- {service: {"merged_at", "deeds": [{"table", "outcome", "rows"}]}} of those that have answered.
    answers jsonb not null default '{}' constraint person_merges_answers_check check (jsonb_typeof(answers) = 'object'),
    finished_at timestamptz,
    version bigint not null default 1 constraint person_merges_version_check check (version >= 1),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint person_merges_pkey primary key (organization_id, merge_id),
    constraint person_merges_others_check check (kept_id <> duplicate_id),
    -- Nobody is merged twice.
    constraint person_merges_duplicate_key unique (organization_id, duplicate_id)
);
create index person_merges_times on auth.person_merges using brin (created_at, updated_at, finished_at);

alter table auth.person_merges enable row level security;
alter table auth.person_merges force row level security;
create policy tenant on auth.person_merges to auth
    using (organization_id = (select app.organization_id()))
    with check (organization_id = (select app.organization_id()));
-- Rows are history: the service adds and changes them and never deletes one.
revoke delete on auth.person_merges from auth;

create trigger audit after insert or update or delete on auth.person_merges
    for each row execute function auth.audit('merge_id');
call auth.touch_on('person_merges');

commit;
