-- In which login session something was done: what a device has done lately is read off the log beside the list of devices.
begin;

-- The fifth line of what a transaction says of its call (Shared/Postgres/Origin.swift). No index of its own: whoever asks asks for a person's
-- rows, which are few.
alter table :"schema".audit_log
    add login_session_id uuid default nullif(split_part(current_setting('app.call', true), E'\n', 5), '')::uuid;

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

commit;
