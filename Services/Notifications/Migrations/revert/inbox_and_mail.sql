-- Revert notifications:inbox_and_mail from pg

BEGIN;

DROP TABLE notifications.mail_queue, notifications.mails, notifications.notifications, notifications.people;

COMMIT;
