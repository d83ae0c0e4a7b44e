-- Verify notifications:inbox_and_mail on pg

BEGIN;

SELECT organization_id, person_id, full_name, email, is_active, version FROM notifications.people WHERE false;
SELECT organization_id, notification_id, person_id, event_id, kind, title, body, created_at, read_at
    FROM notifications.notifications WHERE false;
SELECT organization_id, mail_id, person_id, event_id, recipient, subject, body, status, created_at, settled_at
    FROM notifications.mails WHERE false;
SELECT mail_id, organization_id, attempts, due_at, leased_until FROM notifications.mail_queue WHERE false;
SELECT 1 / (count(*) >= 3)::int FROM pg_class
    WHERE relnamespace = 'notifications'::regnamespace AND relrowsecurity AND relforcerowsecurity;

ROLLBACK;
