select requires_second_factor from auth.organizations where false;
select second_factor_at from auth.login_sessions where false;
