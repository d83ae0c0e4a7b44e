select organization_id, created_at, seq, action, actor_id, by, record_type, record_id, old_values, new_values, address, user_agent,
    request, access, purpose
from :"schema".audit_log where false;

-- Fails, by dividing by zero, unless the service may add to it and read it, and no more; and not at all past its row-level security.
select 1 / (has_table_privilege(:'role', :'schema' || '.audit_log', 'insert')
    and has_table_privilege(:'role', :'schema' || '.audit_log', 'select')
    and not has_table_privilege(:'role', :'schema' || '.audit_log', 'update, delete, truncate')
    and not has_table_privilege(:'role', :'schema' || '.audit_log_default', 'select, insert, update, delete, truncate'))::int;
select 1 / has_function_privilege(:'role', :'schema' || '.audit()', 'execute')::int;
