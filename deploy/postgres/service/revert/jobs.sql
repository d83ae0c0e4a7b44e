drop table :"schema".jobs;
