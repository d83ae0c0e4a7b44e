-- Fails, by dividing by zero, unless both tables have their triggers, and rows may go.
select 1 / (count(*) = 2)::int from pg_trigger where tgname = 'skip_erased' and tgrelid in (
    'scheduling.people'::regclass, 'scheduling.trainer_engagements'::regclass);
select 1 / (has_table_privilege('scheduling', 'scheduling.people', 'delete')
    and has_table_privilege('scheduling', 'scheduling.trainer_engagements', 'delete'))::int;
