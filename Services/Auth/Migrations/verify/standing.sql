select is_active, deleted_at from auth.organizations where false;
select status, deleted_at from auth.accounts where false;
