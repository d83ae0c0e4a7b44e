-- Links that are mailed to prove who reads an address: to verify it, to set a new password, to sign in with another address. They are an
-- account's, wherever it is known. At most one of a kind is open: a new one replaces the last, and one that was followed is gone.
begin;

-- Counts what other services were told of an account's links: each event has a version of its own.
alter table auth.accounts add column link_version bigint not null default 0
    constraint accounts_link_version_check check (link_version >= 0);

create table auth.account_links (
    account_id uuid not null constraint account_links_account_fkey references auth.accounts on delete cascade,
    purpose text not null constraint account_links_purpose_check check (purpose in ('verify_email', 'reset_password', 'change_email')),
    -- SHA-256 of the link's secret: whoever reads this table cannot follow it.
    token_hash bytea not null constraint account_links_token_hash_check check (octet_length(token_hash) = 32),
    -- Where it was mailed to, sealed under the installation's key.
    email bytea not null,
    created_at timestamptz not null,
    expires_at timestamptz not null constraint account_links_expires_check check (expires_at > created_at),
    constraint account_links_pkey primary key (account_id, purpose)
);
create index account_links_expires_at on auth.account_links (expires_at);
comment on table auth.account_links is 'Platform table: links mailed to those who can sign in';

-- A bucket of mails for each address or account that somebody may ask to have mailed, by a keyed hash: for those that have an account and
-- those that have none.
create table auth.mail_allowances (
    subject_key bytea not null constraint mail_allowances_pkey primary key
        constraint mail_allowances_subject_key_check check (octet_length(subject_key) = 16),
    mails double precision not null,
    counted_at timestamptz not null
);
create index mail_allowances_counted_at on auth.mail_allowances (counted_at);
comment on table auth.mail_allowances is 'Platform table: mails asked for, so that nobody''s mailbox is filled';

commit;
