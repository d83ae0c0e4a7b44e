select organization_id, person_id, token_hash, expires_at, accepted_at, version, created_at from auth.invitations where false;
select 1 / (relrowsecurity and relforcerowsecurity)::int from pg_class where oid = 'auth.invitations'::regclass;
