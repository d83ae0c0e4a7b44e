-- Which trainers look after which members. A row is one spell: it ends and stays, and the next one of the same two is another row.
begin;

create table auth.trainer_members (
    organization_id uuid not null,
    assignment_id uuid not null,
    trainer_id uuid not null,
    member_id uuid not null,
    -- Whoever has a trainer has exactly one primary trainer. That there is one is seen to under the member's lock.
    is_primary boolean not null,
    started_at timestamptz not null,
    ended_at timestamptz,
    version bigint not null default 1 constraint trainer_members_version_check check (version >= 1),
    constraint trainer_members_ended_check check (ended_at is null or not is_primary),
    constraint trainer_members_pkey primary key (organization_id, assignment_id),
    constraint trainer_members_trainer_fkey foreign key (organization_id, trainer_id) references auth.people on delete cascade,
    constraint trainer_members_member_fkey foreign key (organization_id, member_id) references auth.people on delete cascade
);

create unique index trainer_members_once_key on auth.trainer_members (organization_id, member_id, trainer_id) where ended_at is null;
create unique index trainer_members_primary_key on auth.trainer_members (organization_id, member_id) where is_primary;
-- "My members", and the foreign keys.
create index trainer_members_of_trainer on auth.trainer_members (organization_id, trainer_id, member_id);
create index trainer_members_of_member on auth.trainer_members (organization_id, member_id);

alter table auth.trainer_members enable row level security;
alter table auth.trainer_members force row level security;
create policy tenant on auth.trainer_members to auth
    using (organization_id = (select app.organization_id()))
    with check (organization_id = (select app.organization_id()));

create trigger audit after insert or update or delete on auth.trainer_members
    for each row execute function auth.audit('member_id,trainer_id,assignment_id');

-- Rows are history: the service adds and changes them and never deletes one.
revoke delete on auth.trainer_members from auth;

commit;
