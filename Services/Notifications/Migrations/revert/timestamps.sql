begin;

drop index notifications.notifications_times, notifications.mails_times;
drop trigger touch on notifications.mails;
drop trigger touch on notifications.notifications;
alter table notifications.mails drop updated_at;
alter table notifications.notifications alter created_at drop default, drop updated_at;

commit;
