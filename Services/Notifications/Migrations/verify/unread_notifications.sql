-- Verify notifications:unread_notifications on pg

BEGIN;

SELECT 'notifications.notifications_unread'::regclass;

ROLLBACK;
