-- Fails, by dividing by zero, unless the tables have their triggers.
select 1 / (count(*) >= 1)::int from pg_trigger t join pg_class c on c.oid = t.tgrelid
where t.tgname = 'audit' and t.tgenabled = 'O' and c.relnamespace = 'notifications'::regnamespace;
