select name, next_run_at, lease_token, lease_until, started_at, finished_at, failures, last_error from :"schema".jobs where false;

select 1 / has_table_privilege(:'role', :'schema' || '.jobs', 'update')::int;
