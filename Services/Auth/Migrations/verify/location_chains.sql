select contact, business_number, parent_id, is_headquarters, settings, deleted_at from auth.locations where false;
