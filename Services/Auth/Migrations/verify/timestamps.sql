-- Fails, by dividing by zero, unless the tables have their columns, triggers and indexes. Later changes bring more of them.
select 1 / (count(*) >= 48)::int from pg_attribute a join pg_trigger t on t.tgrelid = a.attrelid and t.tgname = 'touch'
where t.tgfoid = 'auth.touch'::regproc and a.attname in ('created_at', 'updated_at') and a.atthasdef and a.attnotnull;
select 1 / (count(*) >= 26)::int from pg_class where relnamespace = 'auth'::regnamespace and relkind = 'i' and relname ~ '_times$';
