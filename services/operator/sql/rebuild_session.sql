-- One statement here takes as long as it takes, and the log is read between two of them. Indexes are built in memory where it is there.
SET idle_in_transaction_session_timeout = 0;
SET maintenance_work_mem = '256MB';
