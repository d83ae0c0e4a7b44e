begin;
alter policy sight on auth.member_profiles using (
    case
        when (select app.narrowed_to()) is null then true
        when person_id = (select app.narrowed_to()) then true
        else person_id in (select auth.members_seen_by((select app.organization_id()), (select app.narrowed_to())))
    end);
alter policy sight on auth.people using (
    case
        when (select app.narrowed_to()) is null then true
        when person_id = (select app.narrowed_to()) or roles && array['owner', 'admin', 'trainer'] then true
        else person_id in (select auth.members_seen_by((select app.organization_id()), (select app.narrowed_to())))
    end);
drop function auth.sees_profile(uuid, uuid);
drop trigger audit on auth.people;
create trigger audit after insert or delete
    or update of account_id, roles, full_name, email, phone, is_active, version, deleted_at on auth.people
    for each row execute function auth.audit('person_id', 'email_index', 'last_login_at');
alter table auth.people drop location_ids;
commit;
