select seq, event_id, organization_id, aggregate, aggregate_version, type, envelope, created_at, published_at
from :"schema".outbox where false;

-- Fails, by dividing by zero, unless the service may publish from it and cannot empty it.
select 1 / (has_table_privilege(:'role', :'schema' || '.outbox', 'select, insert, update, delete')
    and not has_table_privilege(:'role', :'schema' || '.outbox', 'truncate'))::int;
