-- Deploy billing:invoice_lines_in_index to pg
--
-- A member's page of invoices shows some hundred lines. They come one by one over the months, each onto another page of the table, so the page
-- cost a hundred reads as soon as the table was larger than the memory. Side by side in the index they are on a page for each invoice.

BEGIN;

SET LOCAL search_path = billing;

-- An entry of an index is 2,700 bytes at most.
ALTER TABLE invoice_lines ADD CONSTRAINT invoice_lines_description_fits CHECK (char_length(description) <= 500);

CREATE INDEX invoice_lines_with_all ON invoice_lines (organization_id, invoice_id, created_at, line_id)
    INCLUDE (session_id, booking_id, description, quantity, unit_price, amount);
DROP INDEX invoice_lines_of_an_invoice;
ALTER INDEX invoice_lines_with_all RENAME TO invoice_lines_of_an_invoice;

COMMIT;
