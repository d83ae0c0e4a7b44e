begin;
drop trigger skip_erased on notifications.mails;
drop trigger skip_erased on notifications.notifications;
drop trigger skip_erased on notifications.people;
commit;
