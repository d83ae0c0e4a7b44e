select account_id, email_index, email, password_hash, pepper_kid, email_verified_at, password_changed_at, last_login_at, version, created_at, updated_at
from auth.accounts where false;
