select platform_admin_id, username, email_index, email, password_hash, pepper_kid, is_active, totp_secret, totp_enabled_at, totp_last_step,
    last_login_at, version, created_at, updated_at
from auth.platform_admins where false;
select platform_session_id, platform_admin_id, second_factor_at, expires_at, ended_at, created_at from auth.platform_sessions where false;
