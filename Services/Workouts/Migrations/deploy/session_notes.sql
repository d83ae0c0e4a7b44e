-- What trainers note after a session: health data in many words, sealed under a key of the member's own. Erasing a member destroys the key.
begin;

-- As in auth, and other keys than there: a service unwraps its own.
create table workouts.person_keys (
    organization_id uuid not null,
    person_id uuid not null,
    -- The person's data key under a master key. Deleting the row makes the notes unreadable for ever.
    wrapped bytea not null,
    created_at timestamptz not null default now(),
    constraint person_keys_pkey primary key (organization_id, person_id)
);
create index person_keys_times on workouts.person_keys using brin (created_at);

alter table workouts.person_keys enable row level security;
alter table workouts.person_keys force row level security;
create policy tenant on workouts.person_keys to workouts
    using (organization_id = (select app.organization_id()))
    with check (organization_id = (select app.organization_id()));
create policy keeper on workouts.person_keys for select to current_user using (true);
-- Keys are made with the first note. That one was destroyed is worth knowing.
create trigger audit after delete on workouts.person_keys
    for each row execute function workouts.audit('person_id', 'wrapped');

-- In which organizations a master key that is not the one that seals now wraps a key: the job that brings them under it has no list of
-- organizations, and sees the rows of one at a time.
create function workouts.organizations_with_old_keys(head bytea) returns setof uuid language sql stable security definer
    set search_path = workouts, pg_temp
as $$
    select distinct organization_id from person_keys where substring(wrapped from 1 for octet_length(head)) <> head
$$;

create table workouts.session_notes (
    organization_id uuid not null,
    note_id uuid not null,
    -- The member's share of a session that was held.
    workout_id uuid not null,
    session_id uuid not null,
    trainer_id uuid not null,
    member_id uuid not null,
    -- In the calendar of the place.
    session_date date not null,
    -- What the member says, what the trainer sees, what to make of it, what comes next.
    subjective bytea,
    objective bytea,
    assessment bytea,
    plan bytea,
    -- [{"name", "sets", "reps", "weight_kg", "notes"}]
    exercises bytea,
    -- {"weight_kg", "body_fat_percent", "measurements": [{"name", "centimetres"}]}
    measurements bytea,
    -- The trainers' own.
    private_notes bytea,
    version bigint not null default 1 constraint session_notes_version check (version >= 1),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint session_notes_pkey primary key (organization_id, note_id),
    -- One for each attendee of a session.
    constraint session_notes_one_per_workout unique (organization_id, workout_id),
    -- While somebody is being erased, a note that comes in between keeps the workout from going: all is done again.
    constraint session_notes_workout foreign key (organization_id, workout_id) references workouts.workouts
);
-- A member's latest, and those that a trainer wrote.
create index session_notes_of_a_member on workouts.session_notes (organization_id, member_id, session_date desc, note_id desc);
create index session_notes_of_a_trainer on workouts.session_notes (organization_id, trainer_id, session_date desc, note_id desc);
create index session_notes_times on workouts.session_notes using brin (created_at, updated_at, session_date);

alter table workouts.session_notes enable row level security;
alter table workouts.session_notes force row level security;
create policy tenant on workouts.session_notes to workouts
    using (organization_id = (select app.organization_id()))
    with check (organization_id = (select app.organization_id()));

-- Narrower than for workouts: those who have a member in their own hands, and not their team.
create function workouts.members_treated_by(of_organization uuid, trainer uuid) returns setof uuid language sql stable parallel safe as $$
    select a.member_id from workouts.member_access a
    where a.organization_id = of_organization and a.trainer_id = trainer and a.is_active
$$;
create policy sight on workouts.session_notes as restrictive for select to workouts using (
    case
        when (select app.narrowed_to()) is null then true
        when member_id = (select app.narrowed_to()) or trainer_id = (select app.narrowed_to()) then true
        else member_id in (select workouts.members_treated_by((select app.organization_id()), (select app.narrowed_to())))
    end);

-- Sealed columns are logged as they are stored: they become unreadable with the member's key.
create trigger audit after insert or update or delete on workouts.session_notes
    for each row execute function workouts.audit('note_id');
call workouts.touch_on('session_notes');

commit;
