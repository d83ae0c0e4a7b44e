begin;

drop index :"schema".audit_seals_times, :"schema".erased_people_times;
drop procedure :"schema".touch_on;

-- As with the audit's: where triggers need the function, one is left that does nothing.
select format($format$
    do $block$
    begin
        drop function %1$I.touch();
    exception when dependent_objects_still_exist then
        create or replace function %1$I.touch() returns trigger language plpgsql as 'begin return new; end';
    end
    $block$
$format$, :'schema')
\gexec

commit;
