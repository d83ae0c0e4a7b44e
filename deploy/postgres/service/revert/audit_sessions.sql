begin;

select format($format$
    -- What a row says, in words that no setting changes.
    create or replace function %1$I.audit_leaf(entry %1$I.audit_log) returns bytea language sql stable
        return int8send(entry.seq) || sha256(convert_to(jsonb_build_array(
            entry.organization_id, (extract(epoch from entry.created_at) * 1000000)::bigint, entry.seq, entry.action, entry.actor_id,
            entry.by, entry.record_type, entry.record_id, entry.old_values, entry.new_values, entry.address::text, entry.user_agent,
            entry.request, entry.access, entry.purpose)::text, 'UTF8'));
$format$, :'schema')
\gexec

alter table :"schema".audit_log drop login_session_id;

commit;
