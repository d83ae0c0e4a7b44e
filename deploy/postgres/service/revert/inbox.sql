drop table :"schema".inbox;
