-- Changes of this table are logged in their transaction; the arguments are the id's column and the columns that are left out.
begin;

-- What a person is told is a record by itself, and follows from an event that has been logged where it comes from. That they have read it,
-- or that it was taken away, is logged; its words are not, which would outlive it.
create trigger audit after update or delete on notifications.notifications
    for each row execute function notifications.audit('notification_id', 'title', 'body');

commit;
