-- Deploy notifications:unread_notifications to pg

BEGIN;

SET LOCAL search_path = notifications;

-- Most of a person's messages have been read: without it the few that were not are looked for among all of them.
CREATE INDEX notifications_unread ON notifications (organization_id, person_id, created_at DESC, notification_id DESC)
    WHERE read_at IS NULL;

COMMIT;
