-- Fails, by dividing by zero, unless the tables have their triggers.
select 1 / (count(*) = 3)::int from pg_trigger where tgname = 'skip_erased' and tgrelid in (
    'notifications.people'::regclass, 'notifications.notifications'::regclass, 'notifications.mails'::regclass);
