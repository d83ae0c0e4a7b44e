-- An event is a row in the transaction that caused it: both happen, or neither. A relay publishes it and marks it once the broker
-- has confirmed it.
begin;

create table :"schema".outbox (
    -- The order of publishing. Not the order of commits: the relay reads by state, never by "greater than the last one".
    seq bigint generated always as identity constraint outbox_pkey primary key,
    event_id uuid not null constraint outbox_event_id_key unique,
    organization_id uuid not null,
    aggregate text not null,
    aggregate_version bigint not null,
    type text not null,
    -- CloudEvents JSON as it goes over the wire: what is replayed is byte for byte what was said.
    envelope bytea not null,
    created_at timestamptz not null default now(),
    -- Kept for an hour after publishing: a queue that the broker lost is filled again from here.
    published_at timestamptz,
    -- Two transactions that change one thing at once cannot both say "version 7".
    constraint outbox_aggregate_version_key unique (aggregate, aggregate_version, type)
) with (
    -- Rows live for an hour and are updated once: wait for a thousand dead ones, not for a fifth of the table.
    autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 1000,
    autovacuum_analyze_scale_factor = 0.0, autovacuum_analyze_threshold = 1000
);

-- The relay asks for this every 100 ms: it must not get slower with the hour of published rows.
create index outbox_unpublished on :"schema".outbox (seq) where published_at is null;

-- No row-level security: the relay publishes for every organization. Nothing but the relay reads it.
comment on table :"schema".outbox is 'Platform table: events of all organizations on their way to the broker';

commit;
