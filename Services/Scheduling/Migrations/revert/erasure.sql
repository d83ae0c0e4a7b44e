begin;
drop trigger skip_erased on scheduling.trainer_engagements;
drop trigger skip_erased on scheduling.people;
drop policy erasing on scheduling.trainer_engagements;
drop policy erasing on scheduling.people;
revoke delete on scheduling.people, scheduling.trainer_engagements from scheduling;
commit;
