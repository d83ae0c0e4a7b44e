select username, username_index, username_changed_at from auth.accounts where false;
select organization_id, person_id, bio, photo_url, created_at, updated_at from auth.own_profiles where false;
