-- The broker may deliver twice; the world changes once. A reaction's row commits together with what the reaction wrote.
begin;

create table :"schema".inbox (
    -- The name of the reaction, chosen by hand: renaming code must not make old events new.
    reaction text not null,
    event_id uuid not null,
    state text not null constraint inbox_state_check check (state in ('done', 'failing', 'dead')),
    -- Failures of the reaction, counted here and not by the broker, for whom every killed consumer is a failed delivery.
    attempts int not null default 0 constraint inbox_attempts_check check (attempts >= 0),
    last_error text,
    first_seen timestamptz not null default now(),
    done_at timestamptz,
    constraint inbox_pkey primary key (reaction, event_id),
    constraint inbox_done_check check ((state = 'done') = (done_at is not null))
);

-- Dead letters are few and asked for by operators: they need no walk through everything that went well.
create index inbox_not_done on :"schema".inbox (state, first_seen) where state <> 'done';

comment on table :"schema".inbox is 'Platform table: which reaction has handled which event';

commit;
