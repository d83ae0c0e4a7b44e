-- Revert billing:invoice_lines_in_index from pg

BEGIN;

SET LOCAL search_path = billing;

CREATE INDEX invoice_lines_with_keys ON invoice_lines (organization_id, invoice_id, created_at, line_id);
DROP INDEX invoice_lines_of_an_invoice;
ALTER INDEX invoice_lines_with_keys RENAME TO invoice_lines_of_an_invoice;
ALTER TABLE invoice_lines DROP CONSTRAINT invoice_lines_description_fits;

COMMIT;
