-- Exporting a person: what was asked for, what the services have sent of it, and the archives it becomes.
begin;

alter table auth.files drop constraint files_type_check;
alter table auth.files add constraint files_type_check
    check (type in ('application/pdf', 'image/jpeg', 'image/png', 'application/zip'));

create table auth.exports (
    organization_id uuid not null,
    export_id uuid not null,
    person_id uuid not null,
    -- Null when it was somebody who was erased since.
    requested_by uuid,
    -- Whether the person asked for it themselves: their account is theirs alone.
    is_own boolean not null,
    finished_at timestamptz,
    -- When it is removed, whether it was finished or not.
    expires_at timestamptz not null,
    version bigint not null default 1 constraint exports_version_check check (version >= 1),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint exports_expires_check check (expires_at > created_at),
    constraint exports_pkey primary key (organization_id, export_id),
    constraint exports_person_fkey foreign key (organization_id, person_id) references auth.people on delete cascade,
    constraint exports_requested_by_fkey foreign key (organization_id, requested_by) references auth.people
        on delete set null (requested_by)
);
create index exports_of_person on auth.exports (organization_id, person_id);
create index exports_times on auth.exports using brin (created_at, updated_at, finished_at, expires_at);
create index exports_requested_by on auth.exports (organization_id, requested_by) where requested_by is not null;
-- Asked for twice, it is one.
create unique index exports_under_way_key on auth.exports (organization_id, person_id, is_own) where finished_at is null;

alter table auth.exports enable row level security;
alter table auth.exports force row level security;
create policy tenant on auth.exports to auth
    using (organization_id = (select app.organization_id()))
    with check (organization_id = (select app.organization_id()));

create trigger audit after insert or update or delete on auth.exports
    for each row execute function auth.audit('export_id');
call auth.touch_on('exports');

-- On their way into the archive, sealed under the person's key.
create table auth.export_parts (
    organization_id uuid not null,
    export_id uuid not null,
    service text not null constraint export_parts_service_check
        check (service in ('auth', 'scheduling', 'workouts', 'billing', 'notifications')),
    number int not null constraint export_parts_number_check check (number >= 1),
    is_last boolean not null,
    content bytea not null,
    created_at timestamptz not null default now(),
    -- A part that comes again is the same one.
    constraint export_parts_pkey primary key (organization_id, export_id, service, number),
    constraint export_parts_export_fkey foreign key (organization_id, export_id) references auth.exports on delete cascade
);
create index export_parts_times on auth.export_parts using brin (created_at);

alter table auth.export_parts enable row level security;
alter table auth.export_parts force row level security;
create policy tenant on auth.export_parts to auth
    using (organization_id = (select app.organization_id()))
    with check (organization_id = (select app.organization_id()));

create table auth.export_archives (
    organization_id uuid not null,
    export_id uuid not null,
    number int not null constraint export_archives_number_check check (number >= 1),
    file_id uuid not null,
    created_at timestamptz not null,
    constraint export_archives_pkey primary key (organization_id, export_id, number),
    constraint export_archives_export_fkey foreign key (organization_id, export_id) references auth.exports on delete cascade,
    constraint export_archives_file_fkey foreign key (organization_id, file_id) references auth.files on delete cascade
);
create index export_archives_times on auth.export_archives using brin (created_at);
create index export_archives_file on auth.export_archives (organization_id, file_id);

alter table auth.export_archives enable row level security;
alter table auth.export_archives force row level security;
create policy tenant on auth.export_archives to auth
    using (organization_id = (select app.organization_id()))
    with check (organization_id = (select app.organization_id()));

-- What is to be done over all organizations, and when: archives to put together, and to remove. Ids only, so that the job finds its work
-- without seeing anybody's rows.
create table auth.due_exports (
    organization_id uuid not null,
    export_id uuid not null,
    due_at timestamptz not null,
    constraint due_exports_pkey primary key (organization_id, export_id)
);
comment on table auth.due_exports is 'Platform table: ids of exports that something is to be done about';
create index due_exports_due_at on auth.due_exports (due_at);

commit;
