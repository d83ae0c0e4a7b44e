select organization_id, export_id, person_id, requested_by, is_own, finished_at, expires_at, version, created_at, updated_at
from auth.exports where false;
select organization_id, export_id, service, number, is_last, content, created_at from auth.export_parts where false;
select organization_id, export_id, number, file_id, created_at from auth.export_archives where false;
select organization_id, export_id, due_at from auth.due_exports where false;
