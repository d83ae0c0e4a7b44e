select reaction, event_id, state, attempts, last_error, first_seen, done_at from :"schema".inbox where false;

select 1 / has_table_privilege(:'role', :'schema' || '.inbox', 'insert')::int;
