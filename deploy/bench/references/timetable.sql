-- A week's timetable: the statement of SessionStore.swift. -D organization=UUID -D from=MOMENT -D to=MOMENT
with page as materialized (
    select * from sessions
    where organization_id = :organization and starts_at >= :from and starts_at < :to
    order by starts_at, id
    limit 51
)
select s.id, s.class_type_id, c.name as class_name, c.category, c.color, s.trainer_id, s.location_id, l.time_zone, s.status,
    s.starts_at, s.ends_at, s.capacity, s.booked, s.waitlisted, s.price_amount, s.currency, s.cancel_reason, s.created_at, s.version
from page s
join class_types c on c.organization_id = s.organization_id and c.id = s.class_type_id
join locations l on l.organization_id = s.organization_id and l.location_id = s.location_id
order by s.starts_at, s.id;
