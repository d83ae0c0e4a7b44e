-- Who works at some locations only. The caller's locations come with their token; the policies hide from them the members who are at home
-- elsewhere, whatever the statement forgets to ask.
begin;

alter table auth.people
    -- Empty for everywhere. A location that is removed stays here: without it, "only there" would turn into "everywhere".
    add location_ids uuid[] not null default '{}',
    add constraint people_location_ids_check check (
        cardinality(location_ids) <= 24
        and (location_ids = '{}' or roles && array['admin', 'trainer'] and not roles @> array['owner']));

drop trigger audit on auth.people;
create trigger audit after insert or delete
    or update of account_id, roles, location_ids, full_name, email, phone, is_active, version, deleted_at on auth.people
    for each row execute function auth.audit('person_id', 'email_index', 'last_login_at');

-- Whether the transaction sees a member's profile, which says where they are at home: the profile's policy below decides it for both. A
-- function, so that the plans of all others, who are asked for no location, do not carry the look-up.
create function auth.sees_profile(of_organization uuid, member uuid) returns boolean language sql stable parallel safe as $$
    select exists (
        select from auth.member_profiles m where m.organization_id = of_organization and m.person_id = member)
$$;

-- One policy for both limits: each restrictive one halves what the planner expects of a page of people, which should stay a walk along its
-- index.
alter policy sight on auth.people using (
    case
        when (select app.narrowed_to()) is null and (select app.location_ids()) is null then true
        when person_id = (select app.person_id()) or roles && array['owner', 'admin', 'trainer'] then true
        else ((select app.narrowed_to()) is null
                or person_id in (select auth.members_seen_by((select app.organization_id()), (select app.narrowed_to()))))
            and ((select app.location_ids()) is null or auth.sees_profile(organization_id, person_id))
    end);
alter policy sight on auth.member_profiles using (
    case
        when (select app.narrowed_to()) is null and (select app.location_ids()) is null then true
        when person_id = (select app.person_id()) then true
        else ((select app.narrowed_to()) is null
                or person_id in (select auth.members_seen_by((select app.organization_id()), (select app.narrowed_to()))))
            and ((select app.location_ids()) is null
                or home_location_id is null or home_location_id = any ((select app.location_ids())::uuid[]))
    end);

commit;
