select organization_id, merge_id, kept_id, duplicate_id, requested_by, plan, answers, finished_at, version, created_at, updated_at
from auth.person_merges where false;
