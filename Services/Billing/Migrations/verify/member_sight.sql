-- Verify billing:member_sight on pg

BEGIN;

SELECT 1 / (count(*) = 1)::int FROM pg_policy
    WHERE polname = 'sight' AND NOT polpermissive AND polrelid = 'billing.invoices'::regclass;

ROLLBACK;
