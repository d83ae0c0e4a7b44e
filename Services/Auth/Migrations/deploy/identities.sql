-- Signing in with another provider (OpenID Connect): who is linked to which account, and what waits for a provider's answer.
begin;

create table auth.identities (
    identity_id uuid not null constraint identities_pkey primary key,
    account_id uuid not null constraint identities_account_fkey references auth.accounts on delete cascade,
    provider text not null constraint identities_provider_check check (length(provider) between 2 and 63),
    -- A keyed hash of the issuer and its name for somebody: the table tells nobody who is whom elsewhere.
    subject_key bytea not null constraint identities_subject_key_check check (octet_length(subject_key) = 16),
    created_at timestamptz not null,
    last_used_at timestamptz,
    constraint identities_subject_key unique (subject_key),
    -- One of each: two would be somebody else's as well.
    constraint identities_account_provider_key unique (account_id, provider)
);
create index identities_account on auth.identities (account_id);
comment on table auth.identities is 'Platform table: identities of other providers, by account';

create table auth.provider_sign_ins (
    -- SHA-256 of the state: whoever reads this table cannot bring an answer to it.
    state_hash bytea not null constraint provider_sign_ins_pkey primary key
        constraint provider_sign_ins_state_hash_check check (octet_length(state_hash) = 32),
    provider text not null constraint provider_sign_ins_provider_check check (length(provider) between 2 and 63),
    nonce_hash bytea not null constraint provider_sign_ins_nonce_hash_check check (octet_length(nonce_hash) = 32),
    -- What proves to the provider that it was we who asked (PKCE), sealed: it is shown once more.
    verifier bytea not null,
    -- Whom the identity is to be linked to; null to sign in.
    account_id uuid constraint provider_sign_ins_account_fkey references auth.accounts on delete cascade,
    -- Where to sign in to, by its short name.
    organization text constraint provider_sign_ins_organization_check check (length(organization) between 2 and 63),
    remember boolean not null,
    -- The secret of an invitation, sealed.
    invitation bytea,
    created_at timestamptz not null,
    expires_at timestamptz not null constraint provider_sign_ins_expires_check check (expires_at > created_at)
);
create index provider_sign_ins_expires_at on auth.provider_sign_ins (expires_at);
create index provider_sign_ins_account on auth.provider_sign_ins (account_id) where account_id is not null;
comment on table auth.provider_sign_ins is 'Platform table: sign-ins that wait for another provider';

commit;
