-- Prepares a PostgreSQL cluster for Palestra: roles, the database, extensions, schemas and rights. Run by a superuser,
-- as often as you like:
--
--     psql -X -d postgres -f bootstrap.sql
--
-- Passwords come from the environment (a command line can be read by every process of the machine): AUTH_PASSWORD,
-- AUTH_OWNER_PASSWORD, SCHEDULING_PASSWORD ... A password that is not given stays as it is.
-- `-v services='auth billing'` prepares only those (a service on a cluster of its own), `-v database=name` another database.

\set ON_ERROR_STOP on
\set QUIET on

\if :{?database}
\else
\set database palestra
\endif
\if :{?services}
\else
\set services 'auth scheduling workouts billing notifications'
\endif

\set auth_password ''
\set auth_owner_password ''
\set scheduling_password ''
\set scheduling_owner_password ''
\set workouts_password ''
\set workouts_owner_password ''
\set billing_password ''
\set billing_owner_password ''
\set notifications_password ''
\set notifications_owner_password ''
\getenv auth_password AUTH_PASSWORD
\getenv auth_owner_password AUTH_OWNER_PASSWORD
\getenv scheduling_password SCHEDULING_PASSWORD
\getenv scheduling_owner_password SCHEDULING_OWNER_PASSWORD
\getenv workouts_password WORKOUTS_PASSWORD
\getenv workouts_owner_password WORKOUTS_OWNER_PASSWORD
\getenv billing_password BILLING_PASSWORD
\getenv billing_owner_password BILLING_OWNER_PASSWORD
\getenv notifications_password NOTIFICATIONS_PASSWORD
\getenv notifications_owner_password NOTIFICATIONS_OWNER_PASSWORD

set client_min_messages = warning;
-- Passwords below are part of statements: they must not reach the server's log, not even with an error.
set log_statement = 'none';
set log_min_duration_statement = -1;
set log_min_error_statement = 'panic';

-- Roles belong to the whole cluster: two bootstraps at once would collide on them. The lock ends with this connection.
select pg_advisory_lock(7210034501) \g /dev/null

create temporary table wanted as
select service, service_password, owner_password
from (values
    ('auth', :'auth_password', :'auth_owner_password'),
    ('scheduling', :'scheduling_password', :'scheduling_owner_password'),
    ('workouts', :'workouts_password', :'workouts_owner_password'),
    ('billing', :'billing_password', :'billing_owner_password'),
    ('notifications', :'notifications_password', :'notifications_owner_password')
) as known(service, service_password, owner_password)
where service = any(string_to_array(:'services', ' '));

select format('create role %I', role)
from wanted, lateral (values (service), (service || '_owner')) as roles(role)
where not exists (select from pg_roles where rolname = role)
\gexec

-- Said again each time: a role that somebody gave more rights by hand loses them here.
select format('alter role %I login nosuperuser nocreatedb nocreaterole noreplication nobypassrls', role)
from wanted, lateral (values (service), (service || '_owner')) as roles(role)
\gexec

select format('alter role %I password %L', role, password)
from wanted, lateral (values (service, service_password), (service || '_owner', owner_password)) as roles(role, password)
where password <> ''
\gexec

-- DETAIL lines quote rows ("Key (email)=(...) already exists"): personal data stays out of the server's log.
select format('alter role %I set log_error_verbosity = terse', role)
from wanted, lateral (values (service), (service || '_owner')) as roles(role)
\gexec

-- Keys sort by bytes, which no update of the C library changes; letters are still known (lower, similarity).
select format('create database %I template template0 encoding %L lc_collate %L lc_ctype %L', :'database', 'UTF8', 'C', 'C.UTF-8')
where not exists (select from pg_database where datname = :'database')
\gexec

select format('alter database %I set timezone = %L', :'database', 'UTC')
\gexec

-- Nobody connects, or makes temporary tables, who is not named here. The owners create the schema sqitch keeps its records in.
select format('revoke all on database %I from public', :'database')
\gexec
select format('grant connect, temporary on database %I to %I', :'database', role)
from wanted, lateral (values (service), (service || '_owner')) as roles(role)
\gexec
select format('grant create on database %I to %I', :'database', service || '_owner') from wanted
\gexec

\connect :"database"
set client_min_messages = warning;

revoke all on schema public from public;

-- In pg_catalog their operators are found by everyone, whatever the search path: each service's holds only its own schema.
-- btree_gist: exclusion constraints with `=` on ids. pg_trgm: search that forgives misspelling. unaccent: "Jose" finds "José".
create extension if not exists btree_gist schema pg_catalog;
create extension if not exists pg_trgm schema pg_catalog;
create extension if not exists unaccent schema pg_catalog;

create schema if not exists app;
comment on schema app is 'What row-level security policies ask: on whose behalf does this transaction run?';

-- nullif: once a transaction that set it is over, a setting reads as an empty string in that session, not as NULL.
create or replace function app.organization_id() returns uuid language sql stable parallel safe
    return nullif(current_setting('app.organization_id', true), '')::uuid;
create or replace function app.person_id() returns uuid language sql stable parallel safe
    return nullif(current_setting('app.person_id', true), '')::uuid;
-- The person whose rows alone concern them: for reads by whoever is not staff. Null for staff, and for what the service does by itself.
create or replace function app.narrowed_to() returns uuid language sql stable parallel safe
    return nullif(current_setting('app.narrowed_to', true), '')::uuid;
-- The locations at which alone the caller works; null for everywhere, and for what the service does by itself.
create or replace function app.location_ids() returns uuid[] language sql stable parallel safe
    return nullif(current_setting('app.location_ids', true), '')::uuid[];
-- A human across organizations: only sign-in knows it, before an organization is chosen.
create or replace function app.account_id() returns uuid language sql stable parallel safe
    return nullif(current_setting('app.account_id', true), '')::uuid;
-- The person who is being erased: rows that are otherwise never deleted may go while this is theirs.
create or replace function app.erasing() returns uuid language sql stable parallel safe
    return nullif(current_setting('app.erasing', true), '')::uuid;
-- The duplicate who is being merged into somebody else: rows that are otherwise left as they are may change hands while this is theirs.
create or replace function app.merging() returns uuid language sql stable parallel safe
    return nullif(current_setting('app.merging', true), '')::uuid;
-- Somebody who runs the installation, and may see which organizations there are.
create or replace function app.platform_admin_id() returns uuid language sql stable parallel safe
    return nullif(current_setting('app.platform_admin_id', true), '')::uuid;

revoke all on schema app from public;
revoke all on all functions in schema app from public;

select format('create schema if not exists %I authorization %I', service, service || '_owner')
from unnest(string_to_array(:'services', ' ')) as names(service)
\gexec

select format(statement, service, service || '_owner')
from unnest(string_to_array(:'services', ' ')) as names(service), (values
    (1, 'revoke all on schema %1$I from public'),
    (2, 'grant usage on schema %1$I to %1$I'),
    (3, 'grant usage on schema app to %1$I, %2$I'),
    (4, 'grant execute on all functions in schema app to %1$I, %2$I'),
    -- Whatever its owner makes, the service may read and write; neither TRUNCATE nor REFERENCES, which row-level security does not see.
    (5, 'alter default privileges for role %2$I in schema %1$I grant select, insert, update, delete on tables to %1$I'),
    (6, 'alter default privileges for role %2$I in schema %1$I grant usage, select on sequences to %1$I'),
    (7, 'alter default privileges for role %2$I revoke execute on functions from public'),
    (8, 'alter default privileges for role %2$I in schema %1$I grant execute on functions to %1$I'),
    (9, 'alter default privileges for role %2$I revoke usage on types from public'),
    (10, 'alter default privileges for role %2$I in schema %1$I grant usage on types to %1$I')
) as statements(place, statement)
order by service, place
\gexec

-- Names in migrations and in statements mean the service's own tables.
select format('alter role %I in database %I set search_path = %I', role, :'database', service)
from unnest(string_to_array(:'services', ' ')) as names(service), lateral (values (service), (service || '_owner')) as roles(role)
\gexec
