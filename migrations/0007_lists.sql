-- Lists and counts that must not grow with the past: the jobs of a state, newest first or last changed first (with what is
-- counted of them), and the reasons that there are.
CREATE INDEX job_by_state ON job (state);
CREATE INDEX job_by_state_and_change ON job (state, changed, id, code);
CREATE INDEX job_by_reason ON job (state, code) WHERE code IS NOT NULL;
