select organization_id, erasure_request_id, person_id, requested_by, answers, finished_at, version, created_at, updated_at
from auth.erasure_requests where false;
select 1 / (not attnotnull)::int from pg_attribute where attrelid = 'auth.member_grants'::regclass and attname = 'granted_by';
select 1 / (count(*) = 1)::int from pg_trigger where tgname = 'skip_erased' and tgrelid = 'auth.booked_members'::regclass;
