//! Reading jobs and events.

use rusqlite::{Connection, OptionalExtension, Params, Row, params};

use super::{LedgerError, record};
use crate::job::{Clip, ContentHash, Job, JobEvent, JobId, Moment, RelPath, Stamp, admit, apply};

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

/// The newest jobs before that one: of what lay at the clip's place, and of that very file.
pub(super) fn earlier(
    db: &Connection,
    id: JobId,
    clip: &Clip,
) -> Result<(Option<Job>, Option<Job>), LedgerError> {
    let at = "SELECT body FROM job WHERE root = ?1 AND path = ?2 AND id < ?3 ORDER BY id DESC LIMIT 1";
    let of = "SELECT body FROM job WHERE ino = ?1 AND dev = ?2 AND id < ?3 ORDER BY id DESC LIMIT 1";
    let (ino, dev) = (clip.stamp.ino.cast_signed(), clip.stamp.dev.cast_signed());
    Ok((one(db, at, params![clip.root, clip.path.as_bytes(), id.0])?, one(db, of, params![ino, dev, id.0])?))
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

/// What may be on its way at a moment was begun at most so long before it.
const LONGEST_MS: i64 = 24 * 3_600_000;

/// How many other jobs had a message sent, on its way, or its work observed, between these two moments.
pub(super) fn others_between(
    db: &Connection,
    job: JobId,
    from: Moment,
    to: Moment,
) -> Result<u32, LedgerError> {
    // SQLite finds its index for these only where they are named as it names them.
    let sql = "SELECT count(*) FROM (
                   SELECT job FROM event
                   WHERE at BETWEEN ?2 AND ?3 AND job <> ?1 AND name IN ('intent', 'answered', 'observed')
                   UNION
                   SELECT job FROM event AS sent
                   WHERE at >= ?4 AND at < ?2 AND job <> ?1 AND name IN ('intent', 'answered', 'observed')
                   AND name = 'intent' AND NOT EXISTS (
                       SELECT 1 FROM event WHERE job = sent.job AND seq > sent.seq AND at < ?2
                       AND name IN ('refused', 'observed', 'asked', 'waits', 'failed', 'withdrawn')))";
    let earliest = from.0.saturating_sub(LONGEST_MS);
    Ok(db.query_row(sql, params![job.0, from.0, to.0, earliest], |row| row.get(0))?)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::{Balance, Order, Step, StreamEnd};
    use crate::ledger::tests::{intent, up_to_the_message};
    use crate::ledger::{Ledger, Overview};

    /// The intent of the job's message, whose balance was read then.
    fn begun(job: &Job, at: i64) -> JobEvent {
        let JobEvent::Intent { n, again, key, baseline, .. } = intent(job) else { unreachable!() };
        let credits = Some(Balance { available: 100.0, frozen: 0.0, at: Some(Moment(at)) });
        JobEvent::Intent { n, again, key, baseline, credits }
    }

    async fn with_other_words(ledger: &Ledger, job: &Job) -> Job {
        let order = Order { words: "other words".to_owned(), ..job.order.clone() };
        let rebound = JobEvent::Rebound { clip: job.clip.clone(), order };
        let events = vec![rebound, JobEvent::Started { step: job.step }];
        ledger.append(job.id, events, Moment(3)).await.unwrap()
    }

    #[tokio::test]
    async fn what_a_job_has_cost_is_known_only_where_no_other_message_was_sent_or_on_its_way() {
        // Of the other message: its intent, its answer, and what was seen of it; of this one: its balance read at 20, its
        // intent at 40, its end at 60.
        for (other, cost) in [
            ([5, 10, 15], Some(50.0)),
            ([5, 10, 20], None),
            ([25, 30, 35], None),
            ([5, 30, 35], None),
            ([5, 10, 70], None),
            ([5, 70, 80], None),
            ([50, 70, 80], None),
            ([70, 80, 90], Some(50.0)),
        ] {
            let dir = tempfile::tempdir().unwrap();
            let file = dir.path().join("ledger.db");
            let ledger = Ledger::open(&file).unwrap();
            let this = up_to_the_message(&ledger, b"a.mp4", 1).await;
            let that = with_other_words(&ledger, &up_to_the_message(&ledger, b"b.mp4", 2).await).await;
            let (key, credits) =
                (that.seq + 1, |available| Some(Balance { available, frozen: 0.0, at: None }));
            let look = || JobEvent::Started { step: Step::Observe(0) };
            let answered =
                |intent| JobEvent::Answered { n: 0, intent, end: StreamEnd::Clean, words: String::new() };
            let seen =
                |intent| JobEvent::Observed { n: 0, intent, reading: "{}".into(), credits: credits(50.0) };
            let of_that = [vec![begun(&that, other[0])], vec![answered(key)], vec![look(), seen(key)]];
            for (events, at) in of_that.into_iter().zip(other) {
                ledger.append(that.id, events, Moment(at)).await.unwrap();
            }
            let key = this.seq + 1;
            let of_this = [vec![begun(&this, 20)], vec![answered(key)], vec![look(), seen(key)]];
            for (events, at) in of_this.into_iter().zip([40, 50, 60]) {
                ledger.append(this.id, events, Moment(at)).await.unwrap();
            }
            drop(ledger);
            assert_eq!(Overview::open(&file).unwrap().cost(this.id).unwrap(), cost, "{other:?}");
        }
    }
}
