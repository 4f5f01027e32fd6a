//! Recording events: the machine's word is asked first, and everything of one call is one commit.

use std::os::unix::ffi::OsStrExt;

use rusqlite::{Connection, Transaction, TransactionBehavior, params};

use super::{LedgerError, consent, intent, line, query, trust};
use crate::crash::{self, Side};
use crate::job::{AccountId, EVENT_VERSION, Job, JobEvent, JobId, Moment, admit, apply};

/// Makes a job of an [`JobEvent::Admitted`] and of what follows at once.
pub(super) fn found(db: &mut Connection, events: &[JobEvent], at: Moment) -> Result<Job, LedgerError> {
    let change = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    change.execute(
        "INSERT INTO job (root, path, dev, ino, size, ended, state, step, changed, body)
         VALUES (0, x'', 0, 0, 0, 0, '', '', 0, '')",
        [],
    )?;
    let id = JobId(change.last_insert_rowid());
    let damaged = || LedgerError::Damaged { what: format!("job {id} begins without its admission") };
    let (first, rest) = events.split_first().ok_or_else(damaged)?;
    let mut job = admit(id, first, at).ok_or_else(damaged)?;
    store_event(&change, id, job.seq, first, at)?;
    for event in rest {
        job = step(&change, &job, event, at)?;
    }
    store_row(&change, &job)?;
    crash::recording(events, Side::Before);
    change.commit()?;
    crash::recording(events, Side::After);
    Ok(job)
}

/// Applies `events` to a job, all or none; with `seq`, only where the job has had exactly that many events.
pub(super) fn append(
    db: &mut Connection,
    (id, seq): (JobId, Option<u32>),
    events: &[JobEvent],
    at: Moment,
) -> Result<Job, LedgerError> {
    let change = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut job = query::job(&change, id)?.ok_or(LedgerError::NoJob(id))?;
    if seq.is_some_and(|seq| seq != job.seq) {
        return Err(LedgerError::MovedOn(id));
    }
    if events.iter().any(|event| matches!(event, JobEvent::Intent { .. })) {
        trust::job(&change, &job)?;
    }
    for event in events {
        job = step(&change, &job, event, at)?;
    }
    store_row(&change, &job)?;
    crash::recording(events, Side::Before);
    change.commit()?;
    crash::recording(events, Side::After);
    Ok(job)
}

fn step(change: &Transaction<'_>, job: &Job, event: &JobEvent, at: Moment) -> Result<Job, LedgerError> {
    let next = apply(job, event, at)?;
    store_event(change, job.id, next.seq, event, at)?;
    if let JobEvent::Intent { credits: Some(read), .. } | JobEvent::Observed { credits: Some(read), .. } =
        event
    {
        // It was read before that, and another's may have been noted since.
        show_balance(change, &next, read.at.unwrap_or(at), read.available)?;
    }
    match event {
        JobEvent::Intent { n, again, key, .. } => {
            if let (0, 0, Some(by)) = (*n, *again, sibling(change, job)?) {
                return Err(LedgerError::KeyTaken { by });
            }
            intent::write(change, key, intent::For { job: job.id, n: *n, seq: next.seq }, at)?;
            // A text that says `Again: yes` has had its say with the first message it lets out.
            if let (true, Some(text), Some(key)) =
                (job.order.again, job.order.from.text(), job.key_after(*n, 0))
            {
                consent::use_up(change, &key, text, job.id)?;
            }
        }
        JobEvent::Consent { n, text: Some(text), .. } => {
            if let Some(key) = job.key_after(*n, 0) {
                consent::consent(change, &key, text, job.id)?;
            }
        }
        JobEvent::Refused { n, intent } => {
            intent::refuse(change, job.id, *n, *intent)?;
            // It let nothing out: the consent is as good as before.
            if let Some(key) = job.key_after(*n, 0) {
                consent::give_back(change, &key, job.id)?;
            }
        }
        _ => {}
    }
    Ok(next)
}

/// Another job that has sent a later step of these words for this clip: its first ones it has sent under other words,
/// which these were made of (`A`, put back as `A` and `B`).
fn sibling(change: &Transaction<'_>, job: &Job) -> Result<Option<JobId>, LedgerError> {
    let steps = u16::try_from(job.order.messages.len()).unwrap_or(u16::MAX);
    for key in (1..steps).filter_map(|n| job.key_after(n, 0)) {
        match intent::find(change, &key)? {
            Some((by, false)) if by != job.id => return Ok(Some(by)),
            _ => {}
        }
    }
    Ok(None)
}

/// A reading of the account's credits, where observers find it.
fn show_balance(db: &Connection, job: &Job, at: Moment, available: f64) -> Result<(), LedgerError> {
    let account = job.account.as_ref().map_or("", AccountId::as_str);
    db.prepare_cached("INSERT INTO balance (at, job, seq, account, available) VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute(params![at.0, job.id.0, job.seq, account, available])?;
    Ok(())
}

fn store_event(
    db: &Connection,
    id: JobId,
    seq: u32,
    event: &JobEvent,
    at: Moment,
) -> Result<(), LedgerError> {
    let body = serde_json::to_string(event).map_err(|e| LedgerError::Damaged { what: e.to_string() })?;
    let checksum = event_checksum(id, seq, at, EVENT_VERSION, &body);
    db.prepare_cached(
        "INSERT INTO event (job, seq, at, version, name, body, checksum) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![id.0, seq, at.0, EVENT_VERSION, event.name(), body, checksum])?;
    Ok(())
}

/// Writes the cache row of a job as its events have made it.
pub(super) fn store_row(db: &Connection, job: &Job) -> Result<(), LedgerError> {
    let body = serde_json::to_string(job).map_err(|e| LedgerError::Damaged { what: e.to_string() })?;
    let stamp = &job.clip.stamp;
    let (film_key, clip_key, first, same_as) = line::columns(job);
    db.prepare_cached(
        "UPDATE job SET root = ?2, path = ?3, dev = ?4, ino = ?5, size = ?6, ended = ?7, state = ?8, step = ?9,
         code = ?10, film = ?11, changed = ?12, body = ?13, film_key = ?14, clip_key = ?15, line = ?16, same_as = ?17,
         unit = ?18         WHERE id = ?1",
    )?
    .execute(params![
        job.id.0,
        job.clip.root,
        job.clip.path.as_path().as_os_str().as_bytes(),
        stamp.dev.cast_signed(),
        stamp.ino.cast_signed(),
        stamp.size.cast_signed(),
        job.is_ended(),
        job.state(),
        job.step.name(),
        job.code().map(crate::job::Code::as_str),
        job.film.as_ref().map(|f| f.hash.to_string()),
        job.changed.0,
        body,
        film_key,
        clip_key,
        first,
        same_as,
        line::unit(job),
    ])?;
    Ok(())
}

/// What an event row's checksum is taken over.
pub(super) fn event_checksum(id: JobId, seq: u32, at: Moment, version: u16, body: &str) -> String {
    checksum(&[&id.to_string(), &seq.to_string(), &at.0.to_string(), &version.to_string(), body])
}

/// A short checksum over texts: SQLite's pages have none, and a flipped bit must not become a payment.
pub(super) fn checksum(parts: &[&str]) -> String {
    let mut hash = blake3::Hasher::new();
    for part in parts {
        hash.update(&(part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().to_hex()[..16].to_owned()
}
