-- Erasing a person: who was erased and must not come back, and what the audit log forgets of them.
begin;

-- The id alone: what it stood for is gone.
create table :"schema".erased_people (
    organization_id uuid not null,
    person_id uuid not null,
    created_at timestamptz not null default now(),
    constraint erased_people_pkey primary key (organization_id, person_id)
);
alter table :"schema".erased_people enable row level security;
alter table :"schema".erased_people force row level security;
create policy tenant on :"schema".erased_people to :"role"
    using (organization_id = (select app.organization_id())) with check (organization_id = (select app.organization_id()));
create policy keeper on :"schema".erased_people for select to current_user using (true);
-- Whoever was erased stays so.
revoke update, delete on :"schema".erased_people from :"role";

-- The digest of what a row said before it was blanked: with it the seals fit still.
alter table :"schema".audit_log add erased bytea constraint audit_log_erased_check check (octet_length(erased) = 32);

select format($format$
    -- What a row says, in words that no setting changes; of one that was blanked, what it said.
    create or replace function %1$I.audit_leaf(entry %1$I.audit_log) returns bytea language sql stable
        return int8send(entry.seq) || coalesce(entry.erased, sha256(convert_to(jsonb_build_array(
            entry.organization_id, (extract(epoch from entry.created_at) * 1000000)::bigint, entry.seq, entry.action, entry.actor_id,
            entry.by, entry.record_type, entry.record_id, entry.old_values, entry.new_values, entry.address::text, entry.user_agent,
            entry.request, entry.access, entry.purpose)::text
            -- Rows from before there was such a column say what they said when they were sealed.
            || coalesce(entry.login_session_id::text, ''), 'UTF8')));

    -- The trigger of tables that events write to: an event that is late, or is heard again, brings nobody back. Its arguments name the
    -- columns that hold people. A row about somebody who was erased is left out; behind a "?", it only loses the name.
    create or replace function %1$I.skip_erased() returns trigger language plpgsql as $function$
    declare
        fields jsonb := to_jsonb(new);
        name text;
    begin
        -- Held until the transaction ends: one that erases somebody here waits for it, or is waited for. One lock for all, as a statement
        -- may bring a hundred people.
        perform pg_advisory_xact_lock_shared(hashtextextended('%1$I.erasing/' || new.organization_id, 0));
        foreach name in array tg_argv loop
            if exists (
                select from %1$I.erased_people e
                where e.organization_id = new.organization_id and e.person_id = (fields ->> rtrim(name, '?'))::uuid)
            then
                if name not like '%%?' then
                    return null;
                end if;
                new := jsonb_populate_record(new, jsonb_build_object(rtrim(name, '?'), null));
            end if;
        end loop;
        return new;
    end
    $function$;

    -- Blanks what rows of some time say about somebody, and where they themselves did something from. Who did what to which record, and
    -- when, stays. `names`: ids that tell who it is, the person's own first; `records`: those of rows that were theirs.
    create function %1$I.audit_erase(organization uuid, names uuid[], records uuid[], since timestamptz, until timestamptz) returns bigint
        language plpgsql security definer set search_path = %1$I, pg_temp
    as $function$
    declare
        words text[] := (select array_agg('%%' || name || '%%') from unnest(names) name);
        blanked bigint;
    begin
        if not exists (select from erased_people where organization_id = organization and person_id = names[1]) then
            raise exception 'nobody is forgotten who was not erased';
        end if;
        with found as (
            select e.created_at, e.seq, e.erased is null as is_new, actor_id is not distinct from names[1] as acted,
                record_id = any(names || records) or coalesce(old_values::text like any(words), false)
                    or coalesce(new_values::text like any(words), false) as about
            from audit_log e
            where e.organization_id = organization and e.created_at >= since and e.created_at < until and record_type <> 'audit_log'
        ), changed as (
            update audit_log e set
                erased = substr(audit_leaf(e), 9),
                old_values = case when not about then old_values end,
                new_values = case when not about then new_values end,
                address = case when not acted then address end,
                user_agent = case when not acted then user_agent end
            from found f
            where e.organization_id = organization and e.created_at = f.created_at and e.seq = f.seq
                and (about and num_nonnulls(old_values, new_values) > 0 or acted and num_nonnulls(address, user_agent) > 0)
            returning f.is_new
        )
        select count(*) into blanked from changed where is_new;
        if blanked > 0 then
            -- Sealed as every row is: what is blank and was not said to be is noticed.
            insert into audit_log (organization_id, action, by, record_type, record_id, new_values)
            values (
                organization, 'update', coalesce((string_to_array(current_setting('app.call', true), E'\n'))[1], session_user), 'audit_log',
                names[1], jsonb_build_object('rows', blanked));
        end if;
        return blanked;
    end
    $function$;

    -- How many rows are blank, and how many were said to be.
    create function %1$I.audit_erased(out blank bigint, out said numeric) language sql stable security definer
        set search_path = %1$I, pg_temp
    as $function$
        select (select count(*) from audit_log where erased is not null),
            (select coalesce(sum((new_values ->> 'rows')::bigint), 0) from audit_log where record_type = 'audit_log' and action = 'update')
    $function$;
$format$, :'schema')
\gexec

-- As before, but for what is said while somebody is being erased.
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
        -- That a row went or lost a person is logged; what it said would live on here.
        if app.erasing() is not null then
            old_values := null;
            new_values := null;
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
