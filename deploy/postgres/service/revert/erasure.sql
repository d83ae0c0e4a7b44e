begin;

drop function :"schema".audit_erased, :"schema".audit_erase;
select format($format$
    -- What a row says, in words that no setting changes.
    create or replace function %1$I.audit_leaf(entry %1$I.audit_log) returns bytea language sql stable
        return int8send(entry.seq) || sha256(convert_to(jsonb_build_array(
            entry.organization_id, (extract(epoch from entry.created_at) * 1000000)::bigint, entry.seq, entry.action, entry.actor_id,
            entry.by, entry.record_type, entry.record_id, entry.old_values, entry.new_values, entry.address::text, entry.user_agent,
            entry.request, entry.access, entry.purpose)::text
            -- Rows from before there was such a column say what they said when they were sealed.
            || coalesce(entry.login_session_id::text, ''), 'UTF8'));
$format$, :'schema')
\gexec
alter table :"schema".audit_log drop column erased;
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

drop table :"schema".erased_people;

-- As with the audit's: where triggers need the function, one is left that does nothing.
select format($format$
    do $block$
    begin
        drop function %1$I.skip_erased();
    exception when dependent_objects_still_exist then
        create or replace function %1$I.skip_erased() returns trigger language plpgsql as 'begin return new; end';
    end
    $block$
$format$, :'schema')
\gexec

commit;
