-- Who changed what, and who saw whose data: one log for both, because "what happened to this record" and "who looked at it" are asked
-- together. Rows come by a trigger in the transaction of the change, so no statement can forget them, and are never changed.
begin;

-- Types and not checks: a statement prepares each check of a table anew, and these are inserted beside every change.
create type :"schema".audit_action as enum ('create', 'read', 'update', 'delete');
create type :"schema".audit_access as enum ('view', 'export', 'print');
create type :"schema".audit_purpose as enum ('treatment', 'payment', 'operations');

create sequence :"schema".audit_log_seq;
\set audit_log_seq :schema '.audit_log_seq'

create table :"schema".audit_log (
    organization_id uuid not null,
    -- The moment itself and not the transaction's: changes of one record, which wait for each other, stand in their order.
    created_at timestamptz not null default clock_timestamp(),
    -- The order of sealing. The transaction gets its number first: once every transaction that was running when the sequence stood at n
    -- has ended, nobody can add a row up to n any more.
    seq bigint not null default case when pg_current_xact_id() is not null then nextval(:'audit_log_seq') end,
    action :"schema".audit_action not null,
    -- The person who did it; null for what a service does by itself.
    actor_id uuid,
    -- What did it: an operation, a reaction, a job; a role of the database when it was none of them.
    by varchar(100) not null,
    -- The table and the row. Of reads: the kind of data, and the member whose it is.
    record_type varchar(63) not null,
    record_id uuid not null,
    -- The columns that changed, with what tells rows of one record apart; the whole row when it came or went. Never secrets.
    old_values jsonb,
    new_values jsonb,
    -- Where the request came from.
    address inet,
    user_agent varchar(200),
    request varchar(64),
    -- Of reads only.
    access :"schema".audit_access,
    purpose :"schema".audit_purpose,
    constraint audit_log_pkey primary key (organization_id, created_at, seq)
) partition by range (created_at);
alter sequence :"schema".audit_log_seq owned by :"schema".audit_log.seq;

-- "What did this person do?" and "what happened to this record, who saw this member?", newest first.
create index audit_log_actor on :"schema".audit_log (organization_id, actor_id, created_at desc, seq desc);
create index audit_log_record on :"schema".audit_log (organization_id, record_type, record_id, created_at desc, seq desc);
-- Rows lie in nearly this order: sealing and verifying read a few pages, and an insert pays next to nothing for it.
create index audit_log_sealing on :"schema".audit_log using brin (seq) with (pages_per_range = 16, autosummarize = on);

alter table :"schema".audit_log enable row level security;
alter table :"schema".audit_log force row level security;
create policy tenant on :"schema".audit_log for select to :"role" using (organization_id = (select app.organization_id()));
-- Asked once for each row, which is one: a subselect would take longer to begin than to answer.
create policy tenant_adds on :"schema".audit_log for insert to :"role" with check (organization_id = app.organization_id());
-- Sealing and verifying read across organizations; what migrations change and what foreign keys delete is logged as well.
create policy keeper on :"schema".audit_log to current_user using (true) with check (true);

-- The service adds rows and reads them; nobody but the owner can do more, and the seals tell on the owner.
revoke update, delete on :"schema".audit_log from :"role";

-- So that no write ever fails for want of a month.
create table :"schema".audit_log_default partition of :"schema".audit_log default;
revoke all on :"schema".audit_log_default from :"role";

-- Makes the partition of this month and of those ahead, unless it is there. The service may do that and no other change to the schema.
-- Rights are the log's own: row-level security would not be asked on the way through a partition.
select format($format$
    create function %1$I.audit_log_months(ahead int default 1) returns setof text language plpgsql security definer
        set search_path = %1$I, pg_temp set timezone = 'UTC' set lock_timeout = '2s'
    as $function$
    declare
        month timestamptz;
        after timestamptz;
        name text;
    begin
        for number in 0..least(ahead, 12) loop
            month := date_trunc('month', now()) + make_interval(months => number);
            after := month + interval '1 month';
            name := 'audit_log_' || to_char(month, 'YYYY_MM');
            -- A month whose first rows had to go to the default partition stays there.
            continue when to_regclass('%1$I.' || name) is not null
                or exists (select from audit_log_default where created_at >= month and created_at < after);
            -- Attaching locks out nobody who writes, where creating a partition in place waits for all of them.
            execute format('create table %%I (like audit_log including all)', name);
            execute format('revoke all on %%I from %2$I', name);
            execute format('alter table audit_log attach partition %%I for values from (%%L) to (%%L)', name, month, after);
            return next name;
        end loop;
    end
    $function$
$format$, :'schema', :'role')
\gexec
select :"schema".audit_log_months() \g /dev/null

-- The trigger of every table whose changes are logged. Its first argument names the column of the record's id, and after commas those that
-- tell rows of one record apart; the others are columns that are left out: secrets, keyed hashes, what only counts.
--
-- Row by row and not with transition tables: the statements that matter touch one row, for which a tuplestore takes longer than a call
-- (deploy/bench/README.md has the figures), and old and new rows of one statement would have to be paired by a key.
select format($format$
    create or replace function %1$I.audit() returns trigger language plpgsql as $function$
    declare
        -- By, request, address, user agent: local to the transaction, see Shared/Postgres/Origin.swift.
        call text[] := string_to_array(current_setting('app.call', true), E'\n');
        keys text[] := string_to_array(tg_argv[0], ',');
        left_out text[] := tg_argv[1:] || '{organization_id, updated_at}'::text[];
        old_values jsonb;
        new_values jsonb;
        organization uuid;
        record uuid;
    begin
        if tg_op <> 'INSERT' then
            old_values := to_jsonb(old);
            organization := old_values ->> 'organization_id';
            record := old_values ->> keys[1];
            old_values := old_values - left_out;
        end if;
        if tg_op <> 'DELETE' then
            new_values := to_jsonb(new);
            organization := new_values ->> 'organization_id';
            record := new_values ->> keys[1];
            new_values := new_values - left_out;
        end if;
        if tg_op = 'UPDATE' then
            if old_values = new_values then
                return null;
            end if;
            select jsonb_object_agg(key, old_values -> key), jsonb_object_agg(key, value) into old_values, new_values
            from jsonb_each(new_values) where value is distinct from old_values -> key or key = any(keys[2:]);
        end if;
        -- What belongs to an account is logged in the organization in which it is done, if it is in one.
        organization := coalesce(organization, app.organization_id());
        if organization is null then
            return null;
        end if;
        insert into %1$I.audit_log
            (organization_id, action, actor_id, by, record_type, record_id, old_values, new_values, address, user_agent, request)
        values (
            organization,
            case tg_op when 'INSERT' then 'create' when 'UPDATE' then 'update' else 'delete' end::%1$I.audit_action, app.person_id(),
            coalesce(call[1], session_user), tg_table_name, record, old_values, new_values,
            nullif(call[3], '')::inet, nullif(call[4], ''), nullif(call[2], ''));
        return null;
    end
    $function$
$format$, :'schema')
\gexec

commit;
