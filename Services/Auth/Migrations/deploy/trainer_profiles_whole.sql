begin;

alter table auth.trainer_profiles
    -- Sealed under the person's key: a business may bear its owner's name.
    add bio bytea,
    add business_name bytea,
    add license_number bytea;

-- "Who teaches yoga?" The organization is found by the policy's own index: trainers of one are few.
create index trainer_profiles_specializations on auth.trainer_profiles using gin (specializations);

commit;
