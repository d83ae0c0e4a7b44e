select organization_id, api_key_id, person_id, name, scopes, secret_hash, created_at, last_used_at, expires_at, revoked_at, version
from auth.api_keys where false;
select 1 / (relrowsecurity and relforcerowsecurity)::int from pg_class where oid = 'auth.api_keys'::regclass;
