-- Files of people, sealed under each one's key, and what trainers show of themselves. The bytes lie elsewhere, under names that are chance.
begin;

create table auth.files (
    organization_id uuid not null,
    file_id uuid not null,
    -- Whose key it is sealed under.
    person_id uuid not null,
    -- What the store knows it by.
    object_id uuid not null,
    type text not null constraint files_type_check check (type in ('application/pdf', 'image/jpeg', 'image/png')),
    -- In bytes, before it was sealed.
    size bigint not null constraint files_size_check check (size > 0),
    created_at timestamptz not null,
    constraint files_pkey primary key (organization_id, file_id),
    constraint files_object_key unique (organization_id, object_id),
    constraint files_person_fkey foreign key (organization_id, person_id) references auth.people on delete cascade
);
create index files_of_person on auth.files (organization_id, person_id);

alter table auth.files enable row level security;
alter table auth.files force row level security;
create policy tenant on auth.files to auth
    using (organization_id = (select app.organization_id()))
    with check (organization_id = (select app.organization_id()));

create trigger audit after insert or update or delete on auth.files
    for each row execute function auth.audit('file_id', 'object_id');

-- Objects that no file needs, or not yet: written down before they are made, so that no crash leaves one behind that nobody knows of.
create table auth.loose_files (
    object_id uuid not null constraint loose_files_pkey primary key,
    -- From when on nobody makes a row for it any more.
    due_at timestamptz not null
);
comment on table auth.loose_files is 'Platform table: names of objects that are to be removed, which say nothing';
create index loose_files_due_at on auth.loose_files (due_at);

-- However a file's row goes, by a statement or with its person: the object follows.
create function auth.loosen_file() returns trigger language plpgsql as $$
begin
    insert into auth.loose_files (object_id, due_at) values (old.object_id, now());
    return null;
end
$$;
create trigger loosen after delete on auth.files for each row execute function auth.loosen_file();

create table auth.person_photos (
    organization_id uuid not null,
    person_id uuid not null,
    file_id uuid not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    constraint person_photos_pkey primary key (organization_id, person_id),
    constraint person_photos_person_fkey foreign key (organization_id, person_id) references auth.people on delete cascade,
    constraint person_photos_file_fkey foreign key (organization_id, file_id) references auth.files on delete cascade
);
create index person_photos_file on auth.person_photos (organization_id, file_id);

alter table auth.person_photos enable row level security;
alter table auth.person_photos force row level security;
create policy tenant on auth.person_photos to auth
    using (organization_id = (select app.organization_id()))
    with check (organization_id = (select app.organization_id()));

create trigger audit after insert or update or delete on auth.person_photos
    for each row execute function auth.audit('person_id');

create table auth.trainer_documents (
    organization_id uuid not null,
    document_id uuid not null,
    trainer_id uuid not null,
    kind text not null constraint trainer_documents_kind_check check (kind in ('certification', 'identity', 'insurance', 'other')),
    -- What stands on it is sealed under the trainer's key.
    title bytea not null,
    issuer bytea,
    number bytea,
    issued_on date,
    -- The last day on which it counts.
    expires_on date,
    file_id uuid,
    state text not null default 'pending' constraint trainer_documents_state_check check (state in ('pending', 'verified', 'rejected')),
    -- Sealed: somebody's words on somebody.
    reason bytea,
    decided_by uuid,
    decided_at timestamptz,
    -- What was said of the last day: that it is 30 days off, or 7, or over.
    warned smallint constraint trainer_documents_warned_check check (warned in (30, 7, 0)),
    -- How often something was said.
    said bigint not null default 0 constraint trainer_documents_said_check check (said >= 0),
    version bigint not null default 1 constraint trainer_documents_version_check check (version >= 1),
    created_at timestamptz not null,
    updated_at timestamptz not null,
    constraint trainer_documents_days_check check (expires_on >= issued_on),
    constraint trainer_documents_decided_check check (
        (state = 'pending') = (decided_at is null) and (decided_by is null) = (decided_at is null) and (state = 'rejected') = (reason is not null)),
    constraint trainer_documents_pkey primary key (organization_id, document_id),
    constraint trainer_documents_trainer_fkey foreign key (organization_id, trainer_id) references auth.people on delete cascade,
    -- A file that is deleted with its person takes nothing else along.
    constraint trainer_documents_file_fkey foreign key (organization_id, file_id) references auth.files on delete set null (file_id)
);
create index trainer_documents_of_trainer on auth.trainer_documents (organization_id, trainer_id);
create index trainer_documents_file on auth.trainer_documents (organization_id, file_id) where file_id is not null;
-- Those of which there is something left to say.
create index trainer_documents_expiring on auth.trainer_documents (organization_id, expires_on) where warned is distinct from 0;

alter table auth.trainer_documents enable row level security;
alter table auth.trainer_documents force row level security;
create policy tenant on auth.trainer_documents to auth
    using (organization_id = (select app.organization_id()))
    with check (organization_id = (select app.organization_id()));
create policy sight on auth.trainer_documents as restrictive for select to auth
    using ((select app.narrowed_to()) is null or trainer_id = (select app.narrowed_to()));

create trigger audit after insert or update or delete on auth.trainer_documents
    for each row execute function auth.audit('document_id', 'warned', 'said');

commit;
