begin;

select scheduling.location_of(null, null) where false;
select 1 / (count(*) = 2)::int from pg_policy
where polname = 'sight' and not polpermissive and polrelid in ('scheduling.sessions'::regclass, 'scheduling.bookings'::regclass);

rollback;
