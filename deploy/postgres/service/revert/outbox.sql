drop table :"schema".outbox;
