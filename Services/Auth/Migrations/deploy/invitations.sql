-- At most one open invitation for each person: a new one replaces the last, whose link stops working.
begin;

create table auth.invitations (
    organization_id uuid not null,
    person_id uuid not null,
    -- SHA-256 of the link's secret: whoever reads this table cannot accept.
    token_hash bytea not null constraint invitations_token_hash_check check (octet_length(token_hash) = 32),
    expires_at timestamptz not null,
    accepted_at timestamptz,
    version bigint not null default 1 constraint invitations_version_check check (version >= 1),
    created_at timestamptz not null default now(),
    constraint invitations_pkey primary key (organization_id, person_id),
    constraint invitations_person_fkey foreign key (organization_id, person_id) references auth.people on delete cascade
);

alter table auth.invitations enable row level security;
alter table auth.invitations force row level security;
create policy tenant on auth.invitations to auth
    using (organization_id = (select app.organization_id()))
    with check (organization_id = (select app.organization_id()));

commit;
