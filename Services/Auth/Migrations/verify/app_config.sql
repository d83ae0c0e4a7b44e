select app_config_id, key, value, description, version, said, created_at, updated_at from auth.app_config where false;
