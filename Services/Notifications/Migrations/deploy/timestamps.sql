-- When everything was made and changed, by the database's clock where nobody says otherwise, and an index on every date.
begin;

alter table notifications.notifications
    alter created_at set default now(),
    add updated_at timestamptz not null default now();
alter table notifications.mails add updated_at timestamptz not null default now();

-- What is there says when it was changed: a message when it was read, a mail when it was settled. The policies do not apply to the owner of
-- the tables for that long, and nothing is changed that belongs into the log.
alter table notifications.notifications no force row level security, disable trigger user;
alter table notifications.mails no force row level security, disable trigger user;
update notifications.notifications set updated_at = greatest(created_at, read_at);
update notifications.mails set updated_at = greatest(created_at, settled_at);
alter table notifications.notifications force row level security, enable trigger user;
alter table notifications.mails force row level security, enable trigger user;

call notifications.touch_on('notifications');
call notifications.touch_on('mails');

-- Block ranges: reports and operators ask by time, no statement of the service does, and an insert pays next to nothing.
create index notifications_times on notifications.notifications using brin (created_at, updated_at, read_at);
create index mails_times on notifications.mails using brin (created_at, updated_at, settled_at);

commit;
