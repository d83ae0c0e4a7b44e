-- Revert notifications:unread_notifications from pg

BEGIN;

DROP INDEX notifications.notifications_unread;

COMMIT;
