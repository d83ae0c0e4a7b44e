begin;

drop table scheduling.people;
drop table scheduling.locations;
drop table scheduling.organizations;

commit;
