select organization_id, person_id, kept_id, created_at from :"schema".merged_people where false;

-- Fails, by dividing by zero, unless the service may add to those who were merged, and follow them on.
select 1 / (has_table_privilege(:'role', :'schema' || '.merged_people', 'select')
    and has_table_privilege(:'role', :'schema' || '.merged_people', 'insert')
    and has_table_privilege(:'role', :'schema' || '.merged_people', 'update')
    and has_table_privilege(:'role', :'schema' || '.merged_people', 'delete'))::int;
