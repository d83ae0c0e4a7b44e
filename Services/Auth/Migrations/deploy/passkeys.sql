-- Keys that authenticators sign in with (WebAuthn), and which of our challenges were used.
begin;

create table auth.passkeys (
    passkey_id uuid not null constraint passkeys_pkey primary key,
    account_id uuid not null constraint passkeys_account_fkey references auth.accounts on delete cascade,
    -- What the authenticator calls it: chance, or sealed by itself. At sign-in the account is found by it alone.
    credential bytea not null constraint passkeys_credential_key unique
        constraint passkeys_credential_check check (octet_length(credential) between 16 and 1023),
    -- A point of P-256, uncompressed. It opens nothing: whoever reads it can only check signatures.
    public_key bytea not null constraint passkeys_public_key_check check (octet_length(public_key) = 65),
    -- Of its last signature; an authenticator that does not count says 0 for ever.
    sign_count bigint not null constraint passkeys_sign_count_check check (sign_count >= 0),
    may_be_backed_up boolean not null,
    is_backed_up boolean not null,
    constraint passkeys_backed_up_check check (may_be_backed_up or not is_backed_up),
    -- How its owner knows it, sealed under the installation's key.
    name bytea not null,
    -- Since when a copy is thought to be about: it counted backwards. It is good for nothing any more.
    suspected_at timestamptz,
    last_used_at timestamptz,
    version bigint not null default 1 constraint passkeys_version_check check (version >= 1),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
create index passkeys_account on auth.passkeys (account_id, passkey_id);
comment on table auth.passkeys is 'Platform table: keys that authenticators sign in with, by account';

create trigger audit after insert or delete or update of suspected_at, version on auth.passkeys
    for each row execute function auth.audit(
        'passkey_id', 'credential', 'public_key', 'sign_count', 'may_be_backed_up', 'is_backed_up', 'name', 'last_used_at');

create table auth.passkey_challenges (
    -- SHA-256: whoever reads it learns of no challenge.
    challenge_hash bytea not null constraint passkey_challenges_pkey primary key
        constraint passkey_challenges_challenge_hash_check check (octet_length(challenge_hash) = 32),
    expires_at timestamptz not null
);
create index passkey_challenges_expires_at on auth.passkey_challenges (expires_at);
comment on table auth.passkey_challenges is 'Platform table: challenges that were used, until they would have run out';

commit;
