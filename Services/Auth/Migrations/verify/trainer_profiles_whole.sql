select bio, business_name, license_number from auth.trainer_profiles where false;
