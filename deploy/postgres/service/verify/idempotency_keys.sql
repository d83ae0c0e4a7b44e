select organization_id, person_id, key, fingerprint, status, response, headers, created_at from :"schema".idempotency_keys where false;

select 1 / has_table_privilege(:'role', :'schema' || '.idempotency_keys', 'insert')::int;
