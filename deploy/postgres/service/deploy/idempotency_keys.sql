-- A client that lost the answer repeats the request with the same key and gets the first answer again. The row commits with the
-- request's effect, so a lost connection at COMMIT is settled by asking again.
begin;

create table :"schema".idempotency_keys (
    -- Both are the nil UUID for calls without a token; their key begins with the route.
    organization_id uuid not null,
    person_id uuid not null,
    key text not null,
    -- Hash of method, path and body: one key for two different requests is refused, not answered with the wrong answer.
    fingerprint bytea not null,
    status int not null constraint idempotency_keys_status_check check (status between 100 and 599),
    response bytea not null,
    headers jsonb,
    created_at timestamptz not null default now(),
    constraint idempotency_keys_pkey primary key (organization_id, person_id, key)
);

-- Rows older than a day are deleted in small portions, oldest first.
create index idempotency_keys_created_at on :"schema".idempotency_keys (created_at);

-- No row-level security: read only by its full key, also by calls that have no organization yet.
comment on table :"schema".idempotency_keys is 'Platform table: answers of the last 24 hours, for requests that are repeated';

commit;
