//! What observers count: what was paid and how long things took. Read without the events' bodies, which are long.

use std::collections::BTreeMap;

use rusqlite::params;

use super::{LedgerError, Overview, query};
use crate::job::{Code, Job, JobId, Moment, Step};

/// Jobs whose steps are timed.
const MOST_TIMED: u32 = 100;

/// One reading of an account's credits.
#[derive(Clone, PartialEq, Debug)]
pub struct CreditsRead {
    /// Whose; empty where that is not known.
    pub account: String,
    /// When.
    pub at: Moment,
    /// What was there to be spent.
    pub available: f64,
}

/// How long one step of one job took.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Took {
    /// The step's name.
    pub step: &'static str,
    /// When it was over.
    pub at: Moment,
    /// How long it took, in milliseconds.
    pub ms: u64,
}

/// How jobs ended: when, how, and for which reason.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ended {
    /// When.
    pub at: Moment,
    /// Whether its film was delivered.
    pub delivered: bool,
    /// Why it failed, where it did.
    pub code: Option<Code>,
}

impl Overview {
    /// Jobs, newest first, of one state where that is given: so many after the first so many.
    pub fn some_jobs(&self, state: Option<&str>, skip: u32, most: u32) -> Result<Vec<Job>, LedgerError> {
        // A query for both would find neither by an index. The ids are skipped, not the jobs' bodies.
        let ids = match state {
            Some(_) => "SELECT id FROM job WHERE state = ?1 ORDER BY id DESC LIMIT ?3 OFFSET ?2",
            None => "SELECT id FROM job WHERE ?1 IS NULL ORDER BY id DESC LIMIT ?3 OFFSET ?2",
        };
        let sql = format!("SELECT body FROM job WHERE id IN ({ids}) ORDER BY id DESC");
        query::many(&self.db, &sql, params![state, skip, most])
    }

    /// What a job has cost, by the account's credits before and after; `None` where they were not read, or where another
    /// job used the account meanwhile.
    pub fn cost(&self, job: JobId) -> Result<Option<f64>, LedgerError> {
        let sql = "SELECT min(at, coalesce(json_extract(body, '$.intent.credits.at'), at)), coalesce(json_extract(body, '$.intent.credits.available'),
                                       json_extract(body, '$.observed.credits.available'))
                   FROM event WHERE job = ?1 AND name IN ('intent', 'observed') ORDER BY seq";
        let mut rows = self.db.prepare_cached(sql)?;
        let rows = rows.query_map([job.0], |row| Ok((Moment(row.get(0)?), row.get::<_, Option<f64>>(1)?)))?;
        let read = rows.collect::<Result<Vec<_>, _>>()?;
        let (Some((from, Some(before))), Some((to, Some(after)))) = (read.first(), read.last()) else {
            return Ok(None);
        };
        let is_alone = read.len() > 1 && query::others_between(&self.db, job, *from, *to)? == 0;
        Ok(Some(before - after).filter(|spent| is_alone && *spent >= 0.0))
    }

    /// Every reading of credits since then, oldest first.
    pub fn credits_read(&self, since: Moment) -> Result<Vec<CreditsRead>, LedgerError> {
        let sql = "SELECT account, at, available FROM balance WHERE at >= ?1 ORDER BY at, job, seq";
        let mut rows = self.db.prepare_cached(sql)?;
        let rows = rows.query_map([since.0], |row| {
            Ok(CreditsRead { account: row.get(0)?, at: Moment(row.get(1)?), available: row.get(2)? })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How long each step took that was done since then, by the jobs that changed last: more of them tell no more of how
    /// long half took, and would cost what they are many.
    pub fn took(&self, since: Moment) -> Result<Vec<Took>, LedgerError> {
        let sql = "SELECT event.job, event.at, event.name,
                          CASE WHEN event.name = 'started' THEN json_extract(event.body, '$.started.step') END
                   FROM event WHERE job IN (SELECT id FROM job WHERE changed >= ?1 ORDER BY changed DESC LIMIT ?2)
                   AND event.at >= ?1 ORDER BY event.job, event.seq";
        let mut rows = self.db.prepare_cached(sql)?;
        let mut rows = rows.query(params![since.0, MOST_TIMED])?;
        let (mut took, mut begun) = (Vec::new(), BTreeMap::new());
        let mut last = None;
        while let Some(row) = rows.next()? {
            let (job, at, name): (i64, i64, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
            if last != Some(job) {
                begun.clear();
                last = Some(job);
            }
            if name == "started" {
                let step = row.get::<_, Option<String>>(3)?.unwrap_or_default();
                if let Some(step) = Step::NAMES.into_iter().find(|name| step.contains(name)) {
                    begun.insert(step, at);
                }
                continue;
            }
            if name == "intent" {
                begun.insert("instruct", at);
            }
            let done = step_done_by(&name).and_then(|step| Some((step, begun.remove(step)?)));
            took.extend(done.map(|(step, from)| Took {
                step,
                at: Moment(at),
                ms: Moment(at).0.saturating_sub(from).max(0).unsigned_abs(),
            }));
        }
        Ok(took)
    }

    /// Every job that ended since then, in no order.
    pub fn ended(&self, since: Moment) -> Result<Vec<Ended>, LedgerError> {
        let sql = "SELECT changed, state, code FROM job
                   WHERE changed >= ?1 AND state IN ('delivered', 'failed')";
        let mut rows = self.db.prepare_cached(sql)?;
        let rows = rows.query_map([since.0], |row| {
            let code: Option<String> = row.get(2)?;
            Ok(Ended {
                at: Moment(row.get(0)?),
                delivered: row.get::<_, String>(1)? == "delivered",
                code: code.as_deref().and_then(Code::parse),
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

/// The step that is done when this has happened.
fn step_done_by(event: &str) -> Option<&'static str> {
    Some(match event {
        "session_opened" => "session",
        "uploaded" => "upload",
        "answered" => "instruct",
        "observed" => "observe",
        "rendered" => "export",
        "fetched" => "fetch",
        "delivered" => "deliver",
        "tidied" => "tidy",
        _ => return None,
    })
}
