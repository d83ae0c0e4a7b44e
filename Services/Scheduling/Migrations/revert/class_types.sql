begin;

drop table scheduling.class_types;

commit;
