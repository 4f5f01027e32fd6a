-- How many jobs there are of each state and reason ('': none): kept by the commit that changes a job's row, so that to count
-- them costs the same however long the past is.
CREATE TABLE tally (
    state TEXT NOT NULL,
    code  TEXT NOT NULL,
    jobs  INTEGER NOT NULL,
    PRIMARY KEY (state, code)
) STRICT, WITHOUT ROWID;
INSERT INTO tally (state, code, jobs) SELECT state, coalesce(code, ''), count(*) FROM job GROUP BY 1, 2;
CREATE TRIGGER job_comes AFTER INSERT ON job BEGIN
    INSERT INTO tally (state, code, jobs) VALUES (new.state, coalesce(new.code, ''), 1)
    ON CONFLICT (state, code) DO UPDATE SET jobs = jobs + 1;
END;
CREATE TRIGGER job_goes AFTER DELETE ON job BEGIN
    UPDATE tally SET jobs = jobs - 1 WHERE state = old.state AND code = coalesce(old.code, '');
END;
CREATE TRIGGER job_changes AFTER UPDATE OF state, code ON job WHEN old.state <> new.state OR old.code IS NOT new.code BEGIN
    UPDATE tally SET jobs = jobs - 1 WHERE state = old.state AND code = coalesce(old.code, '');
    INSERT INTO tally (state, code, jobs) VALUES (new.state, coalesce(new.code, ''), 1)
    ON CONFLICT (state, code) DO UPDATE SET jobs = jobs + 1;
END;
-- Nobody reads it any more.
DROP INDEX job_by_reason;

-- When jobs used the account: who asks whether one was alone with it reads that time, and not the whole past.
CREATE INDEX event_of_account ON event (at, job) WHERE name IN ('intent', 'answered', 'observed');
