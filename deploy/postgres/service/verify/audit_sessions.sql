select login_session_id from :"schema".audit_log where false;
