-- Deploy billing:member_sight to pg

BEGIN;

-- Whoever reads for themselves sees no other invoices, whatever the statement forgets to ask. Trainers see none but their own. Lines are
-- found by their invoice, and are read from an index that does not hold whose they are.
CREATE POLICY sight ON billing.invoices AS RESTRICTIVE FOR SELECT TO billing USING (
    CASE WHEN (SELECT app.narrowed_to()) IS NULL THEN true ELSE member_id = (SELECT app.narrowed_to()) END);

COMMIT;
