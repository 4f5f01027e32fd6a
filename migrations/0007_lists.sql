-- Lists and counts that must not grow with the past: the jobs of a state, newest first or last changed first (with what is
-- counted of them), and the reasons that there are.
CREATE INDEX job_by_state ON job (state);
CREATE INDEX job_by_state_and_change ON job (state, changed, id, code);
CREATE INDEX job_by_reason ON job (state, code) WHERE code IS NOT NULL;

-- Every reading of an account's credits that came with a message. For observers only: it stands in the events too, where it
-- lies among drafts.
CREATE TABLE balance (
    at        INTEGER NOT NULL,
    job       INTEGER NOT NULL,
    seq       INTEGER NOT NULL,
    account   TEXT NOT NULL,
    available REAL NOT NULL,
    PRIMARY KEY (at, job, seq)
) STRICT, WITHOUT ROWID;
INSERT INTO balance (at, job, seq, account, available)
SELECT event.at, event.job, event.seq, coalesce(json_extract(job.body, '$.account'), ''),
       coalesce(json_extract(event.body, '$.intent.credits.available'),
                json_extract(event.body, '$.observed.credits.available')) AS available
FROM event JOIN job ON job.id = event.job
WHERE event.name IN ('intent', 'observed') AND json_valid(event.body) AND json_valid(job.body)
AND available IS NOT NULL;
