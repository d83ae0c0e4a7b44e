begin;
drop table auth.tax_rates;
drop table auth.organization_slugs;
drop table auth.organizations;
commit;
