begin;

select organization_id, engagement_id, trainer_id, location_id, is_active, starts_on, ends_on, version
from scheduling.trainer_engagements where false;

rollback;
