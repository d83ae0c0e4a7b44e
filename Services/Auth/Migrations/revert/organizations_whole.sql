begin;
alter table auth.accounts drop column metadata;
alter table auth.locations drop column follows_time_zone;
drop table auth.organization_domains;
alter table auth.organizations
    drop constraint organizations_contact_check, drop contact_email, drop contact_phone, drop contact_address, drop social_links;
commit;
