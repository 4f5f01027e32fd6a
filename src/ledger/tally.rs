//! How many jobs there are of each state and reason: kept by triggers in the commit that changes a job, never counted here.

use super::{LedgerError, Overview};
use crate::job::Code;

/// How many jobs there are in each state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Not begun.
    pub queued: u64,
    /// In work.
    pub working: u64,
    /// Waiting for a person or for something outside.
    pub waiting: u64,
    /// In the outbox.
    pub delivered: u64,
    /// In `failed/`.
    pub failed: u64,
    /// Taken away before anything was paid.
    pub cancelled: u64,
    /// Questions that were answered by a report.
    pub answered: u64,
}

impl Overview {
    /// The counts.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn summary(&self) -> Result<Summary, LedgerError> {
        let mut sum = Summary::default();
        for (state, _, count) in self.tally()? {
            *match state.as_str() {
                "queued" => &mut sum.queued,
                "working" => &mut sum.working,
                "waiting" => &mut sum.waiting,
                "delivered" => &mut sum.delivered,
                "failed" => &mut sum.failed,
                "answered" => &mut sum.answered,
                _ => &mut sum.cancelled,
            } += count;
        }
        Ok(sum)
    }

    /// How many jobs wait (`false`), and how many have failed (`true`), for each reason that there is one for.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn reasons(&self) -> Result<Vec<(bool, Code, u64)>, LedgerError> {
        let why = |(state, code, count): (String, String, u64)| {
            let failed = state == "failed";
            // One of a newer version is counted by its state alone.
            let code = Code::parse(&code).filter(|_| failed || state == "waiting")?;
            Some((failed, code, count))
        };
        Ok(self.tally()?.into_iter().filter_map(why).collect())
    }

    /// The jobs of each state and reason that there are any of; without a reason it is empty.
    fn tally(&self) -> Result<Vec<(String, String, u64)>, LedgerError> {
        let kept = "SELECT state, code, jobs FROM tally WHERE jobs > 0 ORDER BY state, code";
        // A ledger that no daemon of this version has opened yet keeps none.
        let counted = "SELECT state, coalesce(code, ''), count(*) FROM job GROUP BY 1, 2";
        let mut rows = self.db.prepare(kept).or_else(|_| self.db.prepare(counted))?;
        let rows =
            rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get::<_, i64>(2)?.unsigned_abs())))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::*;
    use crate::job::{Failure, Job, JobEvent, Moment};
    use crate::ledger::tests::up_to_the_message;
    use crate::ledger::{Ledger, query, record};

    const COUNTED: &str = "SELECT state, coalesce(code, ''), count(*) FROM job GROUP BY 1, 2";

    /// What is kept, which has to be what a count says.
    #[track_caller]
    fn kept(file: &std::path::Path) -> Vec<(String, String, u64)> {
        let view = Overview::open(file).unwrap();
        let kept = view.tally().unwrap();
        let mut rows = view.db.prepare(COUNTED).unwrap();
        let rows = rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get::<_, i64>(2)?))).unwrap();
        let rows: Vec<(String, String, i64)> = rows.map(Result::unwrap).collect();
        let counted: Vec<_> =
            rows.into_iter().map(|(state, code, count)| (state, code, count.unsigned_abs())).collect();
        assert_eq!(kept, counted);
        kept
    }

    fn of(state: &str, code: &str, count: u64) -> (String, String, u64) {
        (state.to_owned(), code.to_owned(), count)
    }

    async fn waits(ledger: &Ledger, job: &Job, code: Code) -> Job {
        let failure = Failure::new(code, "why", "what to do").waiting();
        ledger.append(job.id, vec![JobEvent::Waits { failure, until: None }], Moment(3)).await.unwrap()
    }

    #[tokio::test]
    async fn what_is_kept_is_what_a_count_says() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("ledger.db");
        let ledger = Ledger::open(&file).unwrap();
        assert_eq!(kept(&file), []);
        let mut jobs = Vec::new();
        for (name, ino) in [(b"a.mp4", 1), (b"b.mp4", 2), (b"c.mp4", 3)] {
            jobs.push(up_to_the_message(&ledger, name, ino).await);
        }
        assert_eq!(kept(&file), [of("working", "", 3)]);
        let first = waits(&ledger, &jobs[0], Code::NoCredits).await;
        waits(&ledger, &jobs[1], Code::NoCredits).await;
        assert_eq!(kept(&file), [of("waiting", "no-credits", 2), of("working", "", 1)]);
        // Another reason, the state being the same; and the same once more.
        let first = waits(&ledger, &first, Code::BudgetReached).await;
        waits(&ledger, &first, Code::BudgetReached).await;
        let wanted =
            [of("waiting", "budget-reached", 1), of("waiting", "no-credits", 1), of("working", "", 1)];
        assert_eq!(kept(&file), wanted);
        let view = Overview::open(&file).unwrap();
        assert_eq!(view.summary().unwrap(), Summary { waiting: 2, working: 1, ..Summary::default() });
        assert_eq!(view.reasons().unwrap(), [(false, Code::BudgetReached, 1), (false, Code::NoCredits, 1)]);
        drop(ledger);

        // Rows that went are made anew from their events, and the counts with them.
        let db = Connection::open(&file).unwrap();
        db.execute("DELETE FROM job WHERE id = 2", []).unwrap();
        assert_eq!(kept(&file), [of("waiting", "budget-reached", 1), of("working", "", 1)]);
        db.execute("UPDATE job SET state = 'spoilt', code = NULL", []).unwrap();
        assert_eq!(kept(&file), [of("spoilt", "", 2)]);
        db.execute(
            "INSERT INTO job (id, root, path, dev, ino, size, ended, state, step, changed, body)
             VALUES (2, 0, x'', 0, 0, 0, 0, 'spoilt', '', 0, '')",
            [],
        )
        .unwrap();
        assert_eq!(kept(&file), [of("spoilt", "", 3)]);
        for job in &jobs {
            record::store_row(&db, &query::rebuild(&db, job.id).unwrap()).unwrap();
        }
        assert_eq!(kept(&file), wanted);
    }

    #[tokio::test]
    async fn a_ledger_of_before_is_counted_by_whoever_reads_it_and_then_brought_up_to_date() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("ledger.db");
        let ledger = Ledger::open(&file).unwrap();
        let first = up_to_the_message(&ledger, b"a.mp4", 1).await;
        up_to_the_message(&ledger, b"b.mp4", 2).await;
        waits(&ledger, &first, Code::NoCredits).await;
        drop(ledger);
        let wanted = [of("waiting", "no-credits", 1), of("working", "", 1)];
        assert_eq!(kept(&file), wanted);
        Connection::open(&file)
            .unwrap()
            .execute_batch(
                "DROP TRIGGER job_comes; DROP TRIGGER job_goes; DROP TRIGGER job_changes; DROP TABLE tally;
                 DROP INDEX event_of_account; CREATE INDEX job_by_reason ON job (state, code) WHERE code IS NOT NULL;
                 PRAGMA user_version = 7",
            )
            .unwrap();
        assert_eq!(kept(&file), wanted, "it is only read");
        let ledger = Ledger::open(&file).unwrap();
        assert_eq!(kept(&file), wanted);
        up_to_the_message(&ledger, b"c.mp4", 3).await;
        assert_eq!(kept(&file), [of("waiting", "no-credits", 1), of("working", "", 2)]);
    }
}
