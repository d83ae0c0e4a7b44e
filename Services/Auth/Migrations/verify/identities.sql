select identity_id, account_id, provider, subject_key, created_at, last_used_at from auth.identities where false;
select state_hash, provider, nonce_hash, verifier, account_id, organization, remember, invitation, created_at, expires_at
from auth.provider_sign_ins where false;
