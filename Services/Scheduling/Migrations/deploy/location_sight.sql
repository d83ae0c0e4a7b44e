-- Who works at some locations only neither sees nor changes what is held elsewhere. The caller's locations come with their token; without
-- any, as for members and for most who work here, the policies ask for nothing.

begin;

create policy sight on scheduling.sessions as restrictive to scheduling using (
    case
        when (select app.location_ids()) is null then true
        else location_id = any ((select app.location_ids())::uuid[])
    end);

-- A function, so that the plans of all others do not carry the look-up. It sees sessions under the policy above.
create function scheduling.location_of(of_organization uuid, session uuid) returns uuid language sql stable parallel safe as $$
    select s.location_id from scheduling.sessions s where s.organization_id = of_organization and s.id = session
$$;

create policy sight on scheduling.bookings as restrictive to scheduling using (
    case
        when (select app.location_ids()) is null then true
        else scheduling.location_of(organization_id, session_id) is not null
    end);

commit;
