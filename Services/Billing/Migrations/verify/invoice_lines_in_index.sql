-- Verify billing:invoice_lines_in_index on pg

-- Fails, by dividing by zero, unless the index holds whole lines.
SELECT 1 / count(*) FROM pg_indexes
    WHERE schemaname = 'billing' AND indexname = 'invoice_lines_of_an_invoice' AND lower(indexdef) LIKE '%include%amount%';
