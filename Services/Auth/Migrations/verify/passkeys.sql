select passkey_id, account_id, credential, public_key, sign_count, may_be_backed_up, is_backed_up, name, suspected_at, last_used_at,
    version, created_at, updated_at
from auth.passkeys where false;
select challenge_hash, expires_at from auth.passkey_challenges where false;
