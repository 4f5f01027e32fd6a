//! Reading jobs and events.

use rusqlite::{Connection, OptionalExtension, Params, Row, params};

use super::{LedgerError, record};
use crate::job::{ContentHash, Job, JobEvent, JobId, Moment, RelPath, Stamp, admit, apply};

/// An event as it was recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    /// Its place among its job's events, from 1.
    pub seq: u32,
    /// When it was recorded.
    pub at: Moment,
    /// What happened.
    pub event: JobEvent,
}

/// The job of that number.
pub(super) fn job(db: &Connection, id: JobId) -> Result<Option<Job>, LedgerError> {
    one(db, "SELECT body FROM job WHERE id = ?1", [id.0])
}

/// All that has not ended, oldest first.
pub(super) fn open_jobs(db: &Connection) -> Result<Vec<Job>, LedgerError> {
    let jobs = many(db, "SELECT body FROM job WHERE ended = 0 ORDER BY id", [])?;
    // They are found by an index, and what an index says of its rows SQLite believes.
    match jobs.iter().find(|job| job.is_ended()) {
        Some(job) => Err(LedgerError::Damaged { what: format!("job {} is open, and has ended", job.id) }),
        None => Ok(jobs),
    }
}

/// The newest job of a clip at that place.
pub(super) fn job_at(db: &Connection, root: i64, path: &RelPath) -> Result<Option<Job>, LedgerError> {
    let sql = "SELECT body FROM job WHERE root = ?1 AND path = ?2 ORDER BY id DESC LIMIT 1";
    one(db, sql, params![root, path.as_bytes()])
}

/// The newest job of that very file, wherever it lies now.
pub(super) fn job_of_file(db: &Connection, stamp: &Stamp) -> Result<Option<Job>, LedgerError> {
    let sql = "SELECT body FROM job WHERE ino = ?1 AND dev = ?2 ORDER BY id DESC LIMIT 1";
    one(db, sql, params![stamp.ino.cast_signed(), stamp.dev.cast_signed()])
}

/// The job that made a film with these bytes.
pub(super) fn job_of_film(db: &Connection, film: &ContentHash) -> Result<Option<Job>, LedgerError> {
    one(db, "SELECT body FROM job WHERE film = ?1 ORDER BY id DESC LIMIT 1", [film.to_string()])
}

/// One event of a job.
pub(super) fn event(db: &Connection, job: JobId, seq: u32) -> Result<Recorded, LedgerError> {
    let sql = "SELECT seq, at, version, body, checksum FROM event WHERE job = ?1 AND seq = ?2";
    let row = db.query_row(sql, params![job.0, seq], raw_event).optional()?;
    let missing = || LedgerError::Damaged { what: format!("event {seq} of job {job} is missing") };
    read_event(job, row.ok_or_else(missing)?)
}

/// All events of a job, oldest first.
pub(super) fn events(db: &Connection, job: JobId) -> Result<Vec<Recorded>, LedgerError> {
    let sql = "SELECT seq, at, version, body, checksum FROM event WHERE job = ?1 ORDER BY seq";
    let mut rows = db.prepare_cached(sql)?;
    let rows = rows.query_map([job.0], raw_event)?;
    rows.map(|row| read_event(job, row?)).collect()
}

/// How many other jobs had a message sent, or its work observed, between these two moments.
pub(super) fn others_between(
    db: &Connection,
    job: JobId,
    from: Moment,
    to: Moment,
) -> Result<u32, LedgerError> {
    // SQLite finds its index for these only where they are named as it names them.
    let sql = "SELECT count(DISTINCT job) FROM event
               WHERE at BETWEEN ?2 AND ?3 AND job <> ?1 AND name IN ('intent', 'answered', 'observed')";
    Ok(db.query_row(sql, params![job.0, from.0, to.0], |row| row.get(0))?)
}

/// The job that a job's events make: what its row must say.
pub(super) fn rebuild(db: &Connection, id: JobId) -> Result<Job, LedgerError> {
    let damaged = || LedgerError::Damaged { what: format!("job {id} begins without its admission") };
    let mut made: Option<Job> = None;
    for recorded in events(db, id)? {
        made = Some(match made {
            None => admit(id, &recorded.event, recorded.at).ok_or_else(damaged)?,
            Some(job) => apply(&job, &recorded.event, recorded.at)?,
        });
    }
    made.ok_or_else(damaged)
}

pub(super) type RawEvent = (u32, i64, u16, String, String);

pub(super) fn raw_event(row: &Row<'_>) -> rusqlite::Result<RawEvent> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
}

pub(super) fn read_event(
    job: JobId,
    (seq, at, version, body, checksum): RawEvent,
) -> Result<Recorded, LedgerError> {
    let at = Moment(at);
    if record::event_checksum(job, seq, at, version, &body) != checksum {
        return Err(LedgerError::Damaged {
            what: format!("event {seq} of job {job} is not as it was written"),
        });
    }
    let event = serde_json::from_str(&body)
        .map_err(|e| LedgerError::Damaged { what: format!("event {seq} of job {job}: {e}") })?;
    Ok(Recorded { seq, at, event })
}

/// The jobs a query's `body` column holds.
pub(super) fn many(db: &Connection, sql: &str, params: impl Params) -> Result<Vec<Job>, LedgerError> {
    let mut rows = db.prepare_cached(sql)?;
    let rows = rows.query_map(params, |row| row.get::<_, String>(0))?;
    rows.map(|body| parse(&body?)).collect()
}

pub(super) fn one(db: &Connection, sql: &str, params: impl Params) -> Result<Option<Job>, LedgerError> {
    let body: Option<String> = db.prepare_cached(sql)?.query_row(params, |row| row.get(0)).optional()?;
    body.map(|b| parse(&b)).transpose()
}

fn parse(body: &str) -> Result<Job, LedgerError> {
    serde_json::from_str(body).map_err(|e| LedgerError::Damaged { what: format!("a job's row: {e}") })
}
