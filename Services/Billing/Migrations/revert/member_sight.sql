-- Revert billing:member_sight from pg

BEGIN;

DROP POLICY sight ON billing.invoices;

COMMIT;
