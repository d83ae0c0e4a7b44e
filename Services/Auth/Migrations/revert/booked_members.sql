begin;
create or replace function auth.members_seen_by(of_organization uuid, trainer uuid) returns setof uuid language sql stable parallel safe as $$
    with recursive below (person_id) as (
        select trainer
        -- Not "all": a circle, should there ever be one, ends here.
        union
        select t.person_id from below b join auth.trainer_profiles t on t.organization_id = of_organization and t.parent_id = b.person_id)
    select m.member_id from auth.trainer_members m
    where m.organization_id = of_organization and m.ended_at is null and m.trainer_id in (
        select b.person_id from below b
        union all
        select t.parent_id from auth.trainer_profiles t where t.organization_id = of_organization and t.person_id = trainer)
    union all
    select g.member_id from auth.member_grants g
    where g.organization_id = of_organization and g.trainer_id = trainer and g.revoked_at is null
$$;
drop table auth.booked_members;
commit;
