begin;

drop table scheduling.trainer_engagements;

commit;
