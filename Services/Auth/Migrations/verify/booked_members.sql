select organization_id, trainer_id, member_id, bookings from auth.booked_members where false;
select 1 / (prosrc like '%booked_members%')::int from pg_proc where oid = 'auth.members_seen_by'::regproc;
