select owner_id from auth.locations where false;
