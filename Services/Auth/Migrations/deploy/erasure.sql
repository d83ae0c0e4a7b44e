-- Erasing a person: what was asked for, and what each service has answered.
begin;

create table auth.erasure_requests (
    organization_id uuid not null constraint erasure_requests_organization_fkey references auth.organizations,
    erasure_request_id uuid not null,
    -- Of nobody any more, once it is finished: no foreign key.
    person_id uuid not null,
    -- Null when it was the person, or somebody who was erased since.
    requested_by uuid,
    -- {service: {"erased_at", "deeds": [{"table", "outcome", "rows", "reason"}]}} of those that have answered.
    answers jsonb not null default '{}' constraint erasure_requests_answers_check check (jsonb_typeof(answers) = 'object'),
    finished_at timestamptz,
    version bigint not null default 1 constraint erasure_requests_version_check check (version >= 1),
    created_at timestamptz not null,
    updated_at timestamptz not null,
    constraint erasure_requests_pkey primary key (organization_id, erasure_request_id),
    -- Asked for twice, it is one.
    constraint erasure_requests_person_key unique (organization_id, person_id)
);

alter table auth.erasure_requests enable row level security;
alter table auth.erasure_requests force row level security;
create policy tenant on auth.erasure_requests to auth
    using (organization_id = (select app.organization_id()))
    with check (organization_id = (select app.organization_id()));
-- Rows are history: the service adds and changes them and never deletes one.
revoke delete on auth.erasure_requests from auth;

create trigger audit after insert or update or delete on auth.erasure_requests
    for each row execute function auth.audit('erasure_request_id');

-- A grant outlives whoever gave it.
alter table auth.member_grants
    alter column granted_by drop not null,
    drop constraint member_grants_granted_by_fkey,
    add constraint member_grants_granted_by_fkey foreign key (organization_id, granted_by) references auth.people
        on delete set null (granted_by);

create trigger skip_erased before insert on auth.booked_members
    for each row execute function auth.skip_erased('trainer_id', 'member_id');

commit;
