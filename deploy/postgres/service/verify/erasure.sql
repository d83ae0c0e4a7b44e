select organization_id, person_id, created_at from :"schema".erased_people where false;
select erased from :"schema".audit_log where false;

-- Fails, by dividing by zero, unless the service may add to those who were erased, and take nobody from them.
select 1 / (has_table_privilege(:'role', :'schema' || '.erased_people', 'select, insert')
    and not has_table_privilege(:'role', :'schema' || '.erased_people', 'update, delete, truncate')
    and has_function_privilege(:'role', :'schema' || '.audit_erase(uuid, uuid[], uuid[], timestamptz, timestamptz)', 'execute'))::int;
