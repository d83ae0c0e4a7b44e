begin;

drop function :"schema".audit_seal, :"schema".audit_row, :"schema".audit_leaves, :"schema".audit_leaf;
drop table :"schema".audit_seals;

commit;
