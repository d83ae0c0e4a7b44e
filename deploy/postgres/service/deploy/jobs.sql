-- What a service does by itself from time to time, with its state for all to see. Whoever has a lease does the job; who was away for
-- longer finds another token here, and what it did is rolled back.
begin;

create table :"schema".jobs (
    name text not null constraint jobs_pkey primary key,
    next_run_at timestamptz not null default now(),
    -- The run that has it, and until when it has it for sure.
    lease_token uuid,
    lease_until timestamptz,
    started_at timestamptz,
    -- When it last came to its end without a failure.
    finished_at timestamptz,
    -- In a row.
    failures int not null default 0 constraint jobs_failures_check check (failures >= 0),
    last_error text,
    constraint jobs_lease_check check ((lease_token is null) = (lease_until is null))
);
comment on table :"schema".jobs is 'Platform table: work at intervals, and who does it';

commit;
