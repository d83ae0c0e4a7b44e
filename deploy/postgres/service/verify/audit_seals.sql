select number, after_seq, up_to_seq, leaves, previous, digest, created_at from :"schema".audit_seals where false;

-- Fails, by dividing by zero, unless the service may read and seal, and write nothing by itself.
select 1 / (has_table_privilege(:'role', :'schema' || '.audit_seals', 'select')
    and not has_table_privilege(:'role', :'schema' || '.audit_seals', 'insert, update, delete, truncate')
    and has_function_privilege(:'role', :'schema' || '.audit_seal(bigint, int)', 'execute'))::int;
