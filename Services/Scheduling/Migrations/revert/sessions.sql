begin;

drop table scheduling.sessions;

commit;
