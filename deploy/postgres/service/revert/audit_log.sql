begin;

drop function :"schema".audit_log_months;
drop table :"schema".audit_log;
drop type :"schema".audit_action, :"schema".audit_access, :"schema".audit_purpose;

-- Triggers of the service's own tables need a function: where there are some, one is left that does nothing.
select format($format$
    do $block$
    begin
        drop function %1$I.audit();
    exception when dependent_objects_still_exist then
        create or replace function %1$I.audit() returns trigger language plpgsql as 'begin return null; end';
    end
    $block$
$format$, :'schema')
\gexec

commit;
