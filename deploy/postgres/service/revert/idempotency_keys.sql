drop table :"schema".idempotency_keys;
