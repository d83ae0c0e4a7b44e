select created_at, updated_at from notifications.notifications where false;
select created_at, updated_at from notifications.mails where false;
-- Fails, by dividing by zero, unless the tables have their triggers and indexes.
select 1 / (count(*) = 2)::int from pg_trigger where tgname = 'touch' and tgrelid in (
    'notifications.notifications'::regclass, 'notifications.mails'::regclass);
select 1 / (count(*) = 2)::int from pg_class where relnamespace = 'notifications'::regnamespace and relname in (
    'notifications_times', 'mails_times');
