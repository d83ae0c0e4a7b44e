-- What can be put on the timetable. Its duration, capacity and price are defaults that a session copies when it is made.

begin;

create table scheduling.class_types (
    organization_id uuid not null,
    id uuid not null,
    name text not null constraint class_types_name check (char_length(name) between 1 and 200),
    category text not null constraint class_types_category check (category in ('group', 'individual', 'trial')),
    duration_minutes integer not null constraint class_types_duration check (duration_minutes between 1 and 1440),
    capacity integer not null constraint class_types_capacity check (capacity between 1 and 1000),
    price_amount bigint not null constraint class_types_price check (price_amount between 0 and 10000000000000),
    currency text not null constraint class_types_currency check (currency ~ '^[A-Z]{3}$'),
    color text constraint class_types_color check (color ~ '^#[0-9A-F]{6}$'),
    created_at timestamptz not null,
    updated_at timestamptz not null,
    version bigint not null default 1,
    constraint class_types_pkey primary key (organization_id, id)
);

alter table scheduling.class_types enable row level security, force row level security;

create policy tenant on scheduling.class_types to scheduling
    using (organization_id = (select app.organization_id()))
    with check (organization_id = (select app.organization_id()));

-- Rows are history: the service adds and changes them and never deletes one.
revoke delete on scheduling.class_types from scheduling;

commit;
