select certifications, experience, health_info, settings from auth.trainer_profiles where false;
select organization_id, engagement_id, trainer_id, location_id, role, status, starts_on, ends_on, version, created_at, updated_at
from auth.trainer_engagements where false;
