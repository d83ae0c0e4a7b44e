begin;

drop trigger audit on notifications.notifications;

commit;
