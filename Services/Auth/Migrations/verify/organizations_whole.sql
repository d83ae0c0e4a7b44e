select contact_email, contact_phone, contact_address, social_links from auth.organizations where false;
select domain, organization_id from auth.organization_domains where false;
select follows_time_zone from auth.locations where false;
select metadata from auth.accounts where false;
