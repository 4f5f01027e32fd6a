//! The daemon's hold on the ledger: one thread owns the file, calls are answered when they are on disk.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, params};
use tokio::sync::oneshot;

use super::overview::{CREDITS, HELD, INBOX, LEFT_OUT, PAGE};
use super::{
    Answer, FilmLine, InboxShown, LedgerError, Progress, Recorded, Request, Root, RootState, Sighting,
    changes, intent, line, query, record, request, root, schema, trust,
};
use crate::job::{Balance, Clip, ContentHash, Failure, Job, JobEvent, JobId, Key, Moment, RelPath, Stamp};

type Call = Box<dyn FnOnce(&mut Connection) + Send>;

/// The ledger, open for writing. Clones share the one thread.
#[derive(Clone)]
pub struct Ledger {
    calls: mpsc::Sender<Call>,
    id: String,
    file: Arc<Path>,
    /// All that was paid for has been read through in this process.
    trusted: Arc<AtomicBool>,
    /// A call has failed in a way that leaves open what is on disk: nothing more is written, and nothing paid.
    dead: Arc<AtomicBool>,
}

impl Ledger {
    /// Opens the ledger at `path`, makes it where it is missing, and starts its thread.
    ///
    /// The caller sees to it that the file lies on a local file system and is nobody else's.
    pub fn open(path: &Path) -> Result<Self, LedgerError> {
        let mut db = schema::open(path).map_err(LedgerError::sharpened)?;
        let id = root::ledger_id(&db).map_err(LedgerError::sharpened)?;
        let (calls, inbox) = mpsc::channel::<Call>();
        std::thread::Builder::new().name("ledger".into()).spawn(move || {
            while let Ok(call) = inbox.recv() {
                call(&mut db);
            }
        })?;
        Ok(Self { calls, id, file: path.into(), trusted: Arc::default(), dead: Arc::default() })
    }

    /// The ledger's own id, as the marks of its roots carry it.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Brings everything into the one file, so that it may be copied once the process has ended.
    pub async fn settle(&self) -> Result<(), LedgerError> {
        self.ask(|db| Ok(db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?)).await
    }

    pub(super) async fn call<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, LedgerError> + Send + 'static,
    ) -> Result<T, LedgerError> {
        let dead = Arc::clone(&self.dead);
        self.ask(move |db| {
            if dead.load(Ordering::SeqCst) {
                return Err(LedgerError::Closed);
            }
            let done = work(db).map_err(LedgerError::sharpened);
            // A failed fsync is never tried again: what the kernel holds may be gone, and the next one says nothing.
            if done.as_ref().is_err_and(LedgerError::is_fatal) {
                dead.store(true, Ordering::SeqCst);
            }
            done
        })
        .await
    }

    /// The same for what is only shown: its failure is nobody's end.
    async fn ask<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, LedgerError> + Send + 'static,
    ) -> Result<T, LedgerError> {
        let (answer, answered) = oneshot::channel();
        let call: Call = Box::new(move |db| {
            let _ = answer.send(work(db));
        });
        self.calls.send(call).map_err(|_| LedgerError::Closed)?;
        answered.await.map_err(|_| LedgerError::Closed)?
    }

    /// Makes a job of its admission and of what follows at once, in one commit.
    pub async fn found(&self, events: Vec<JobEvent>, at: Moment) -> Result<Job, LedgerError> {
        self.call(move |db| record::found(db, &events, at)).await
    }

    /// Applies events to a job in one commit, all or none; the job as it is then.
    ///
    /// # Errors
    /// [`LedgerError::Illegal`], [`LedgerError::KeyTaken`]; anything fatal means that nothing was recorded for sure.
    pub async fn append(&self, id: JobId, events: Vec<JobEvent>, at: Moment) -> Result<Job, LedgerError> {
        self.record((id, None), events, at).await
    }

    /// The same, but only where nothing else has happened to the job since it had `seq` events.
    ///
    /// # Errors
    /// [`LedgerError::MovedOn`] otherwise.
    pub async fn append_at(
        &self,
        id: JobId,
        seq: u32,
        events: Vec<JobEvent>,
        at: Moment,
    ) -> Result<Job, LedgerError> {
        self.record((id, Some(seq)), events, at).await
    }

    async fn record(
        &self,
        job: (JobId, Option<u32>),
        events: Vec<JobEvent>,
        at: Moment,
    ) -> Result<Job, LedgerError> {
        let (trusted, dead) = (Arc::clone(&self.trusted), Arc::clone(&self.dead));
        self.call(move |db| {
            let pays = |event: &JobEvent| matches!(event, JobEvent::Intent { .. } | JobEvent::Consent { .. });
            if events.iter().any(pays) && !trusted.load(Ordering::SeqCst) {
                trust::paid(db)?;
                trusted.store(true, Ordering::SeqCst);
            }
            if events.iter().all(JobEvent::may_be_lost) {
                // A kill loses nothing of it, and the next commit that waits for the disk takes it along.
                return without_fsync(&dead, db, |db| record::append(db, job, &events, at));
            }
            record::append(db, job, &events, at)
        })
        .await
    }

    /// The job of that number.
    pub async fn job(&self, id: JobId) -> Result<Option<Job>, LedgerError> {
        self.call(move |db| query::job(db, id)).await
    }

    /// All that has not ended, oldest first.
    pub async fn open_jobs(&self) -> Result<Vec<Job>, LedgerError> {
        self.call(|db| query::open_jobs(db)).await
    }

    /// The newest job of a clip at that place.
    pub async fn job_at(&self, root: i64, path: RelPath) -> Result<Option<Job>, LedgerError> {
        self.call(move |db| query::job_at(db, root, &path)).await
    }

    /// The newest job of that very file, wherever it lies now.
    pub async fn job_of_file(&self, stamp: Stamp) -> Result<Option<Job>, LedgerError> {
        self.call(move |db| query::job_of_file(db, &stamp)).await
    }

    /// The newest jobs before that one: of what lay at the clip's place, and of that very file.
    pub async fn earlier(&self, id: JobId, clip: Clip) -> Result<(Option<Job>, Option<Job>), LedgerError> {
        self.call(move |db| query::earlier(db, id, &clip)).await
    }

    /// The jobs that have ended without a film, for clips of that length in that root, newest first.
    pub async fn given_up(&self, root: i64, size: u64) -> Result<Vec<Job>, LedgerError> {
        let sql = "SELECT body FROM job WHERE root = ?1 AND size = ?2 AND ended = 1
                   AND state IN ('failed', 'cancelled') ORDER BY id DESC";
        self.call(move |db| query::many(db, sql, rusqlite::params![root, size.cast_signed()])).await
    }

    /// The job that made a film with these bytes.
    pub async fn job_of_film(&self, film: ContentHash) -> Result<Option<Job>, LedgerError> {
        self.call(move |db| query::job_of_film(db, &film)).await
    }

    /// The delivered job that was finished last among those whose film, or else whose clip, has that stem in that folder.
    pub async fn film_line(&self, folder: RelPath, stem: Vec<u8>) -> Result<Option<FilmLine>, LedgerError> {
        self.call(move |db| line::film_line(db, &folder, &stem)).await
    }

    /// All later versions of the film that a job has made, oldest first, whatever became of them.
    pub async fn versions(&self, root: JobId) -> Result<Vec<Job>, LedgerError> {
        self.call(move |db| line::versions(db, root)).await
    }

    /// The newest job of a project of that folder.
    pub async fn project_of(&self, root: i64, folder: RelPath) -> Result<Option<Job>, LedgerError> {
        self.call(move |db| line::project_of(db, root, &folder)).await
    }

    /// All jobs of batches of that folder, oldest first.
    pub async fn batch_of(&self, root: i64, folder: RelPath) -> Result<Vec<Job>, LedgerError> {
        self.call(move |db| line::batch_of(db, root, &folder)).await
    }

    /// How often, since that moment, the film of a job was delivered once more.
    pub async fn same_since(&self, job: JobId, since: Moment) -> Result<u32, LedgerError> {
        self.call(move |db| line::same_since(db, job, since)).await
    }

    /// The job that may have paid for the message of that key.
    pub async fn paid_by(&self, key: Key) -> Result<Option<JobId>, LedgerError> {
        self.call(move |db| Ok(intent::find(db, &key)?.filter(|(_, refused)| !refused).map(|(by, _)| by)))
            .await
    }

    /// One event of a job.
    pub async fn event(&self, job: JobId, seq: u32) -> Result<Recorded, LedgerError> {
        self.call(move |db| query::event(db, job, seq)).await
    }

    /// All events of a job, oldest first.
    pub async fn events(&self, job: JobId) -> Result<Vec<Recorded>, LedgerError> {
        self.call(move |db| query::events(db, job)).await
    }

    /// How many other jobs had a message sent, or its work observed, between these two moments.
    pub async fn others_between(&self, job: JobId, from: Moment, to: Moment) -> Result<u32, LedgerError> {
        self.call(move |db| query::others_between(db, job, from, to)).await
    }

    /// The job that a job's events make: what its row must say.
    pub async fn rebuild(&self, job: JobId) -> Result<Job, LedgerError> {
        self.call(move |db| query::rebuild(db, job)).await
    }

    /// How many intents were ever written here.
    pub async fn intents(&self) -> Result<u64, LedgerError> {
        self.call(|db| intent::count(db)).await
    }

    /// The root with that id in its mark.
    pub async fn root_by_mark(&self, mark: String) -> Result<Option<Root>, LedgerError> {
        self.call(move |db| root::by_mark(db, &mark)).await
    }

    /// The root last seen at that path.
    pub async fn root_by_path(&self, path: PathBuf) -> Result<Option<Root>, LedgerError> {
        self.call(move |db| root::by_path(db, &path)).await
    }

    /// Notes that the root at `path` is about to be marked, or is known, under `mark`.
    pub async fn note_root(
        &self,
        path: PathBuf,
        mark: String,
        state: RootState,
    ) -> Result<Root, LedgerError> {
        self.call(move |db| root::note(db, &path, &mark, state)).await
    }

    /// A value that holds for the whole ledger.
    pub async fn meta(&self, key: &'static str) -> Result<Option<String>, LedgerError> {
        self.call(move |db| read_meta(db, key)).await
    }

    /// Sets a value that holds for the whole ledger; `None` takes it away.
    pub async fn set_meta(&self, key: &'static str, value: Option<String>) -> Result<(), LedgerError> {
        self.call(move |db| write_meta(db, key, value.as_deref())).await
    }

    /// The requests that nobody has answered yet, oldest first.
    pub async fn requests(&self) -> Result<Vec<Request>, LedgerError> {
        self.call(|db| request::open_requests(db)).await
    }

    /// A word, looked for every so often, that there may be new requests: something was written. The first comes at once.
    pub fn changes(&self, every: Duration) -> tokio::sync::mpsc::Receiver<()> {
        changes::watch(&self.file, every)
    }

    /// Answers a request.
    pub async fn answer(&self, id: i64, answer: Answer) -> Result<(), LedgerError> {
        self.call(move |db| request::answer(db, id, &answer)).await
    }

    /// Shows observers the account's credits. Does not wait for the disk.
    pub async fn show_credits(&self, credits: Balance) -> Result<(), LedgerError> {
        self.show(CREDITS, serde_json::to_string(&credits).ok()).await
    }

    /// Shows observers why the folders are not worked in; `None`: they are. Does not wait for the disk.
    pub async fn show_held(&self, held: Option<&Failure>) -> Result<(), LedgerError> {
        self.show(HELD, held.and_then(|failure| serde_json::to_string(failure).ok())).await
    }

    /// Shows observers how the inbox is looked at. Does not wait for the disk.
    pub async fn show_inbox(&self, inbox: &InboxShown) -> Result<(), LedgerError> {
        self.show(INBOX, serde_json::to_string(inbox).ok()).await
    }

    /// Shows observers where the page is; `None`: there is none. Does not wait for the disk.
    pub async fn show_page(&self, at: Option<SocketAddr>) -> Result<(), LedgerError> {
        self.show(PAGE, at.and_then(|at| serde_json::to_string(&at).ok())).await
    }

    async fn show(&self, key: &'static str, value: Option<String>) -> Result<(), LedgerError> {
        self.lightly(move |db| write_meta(db, key, value.as_deref())).await
    }

    /// A write that does not wait for the disk.
    pub(super) async fn lightly(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<(), LedgerError> + Send + 'static,
    ) -> Result<(), LedgerError> {
        let dead = Arc::clone(&self.dead);
        self.ask(move |db| without_fsync(&dead, db, work)).await
    }

    /// Replaces what observers see of running steps. Does not wait for the disk.
    pub async fn show_progress(&self, rows: Vec<Progress>) -> Result<(), LedgerError> {
        self.lightly(move |db| write_progress(db, &rows)).await
    }

    /// Replaces what observers see of files that are no jobs, at most [`MOST_SIGHTINGS`] of them. Does not wait for the
    /// disk.
    pub async fn show_sightings(&self, rows: Vec<Sighting>) -> Result<(), LedgerError> {
        self.lightly(move |db| write_sightings(db, &rows)).await
    }
}

/// So many files that are no jobs are shown to observers, and no more: a folder may hold any number of them.
pub const MOST_SIGHTINGS: usize = 10_000;

pub(super) fn read_meta(db: &Connection, key: &str) -> Result<Option<String>, LedgerError> {
    Ok(db.query_row("SELECT value FROM meta WHERE key = ?1", [key], |row| row.get(0)).optional()?)
}

pub(super) fn write_meta(db: &Connection, key: &str, value: Option<&str>) -> Result<(), LedgerError> {
    match value {
        Some(value) => {
            db.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?1, ?2)", [key, value])?
        }
        None => db.execute("DELETE FROM meta WHERE key = ?1", [key])?,
    };
    Ok(())
}

/// Runs a write that may be lost: what it shows is gone with the process anyway.
fn without_fsync<T>(
    dead: &AtomicBool,
    db: &mut Connection,
    work: impl FnOnce(&mut Connection) -> Result<T, LedgerError>,
) -> Result<T, LedgerError> {
    if dead.load(Ordering::SeqCst) {
        return Err(LedgerError::Closed);
    }
    db.pragma_update(None, "synchronous", "NORMAL")?;
    let done = work(db);
    if let Err(error) = db.pragma_update(None, "synchronous", "FULL") {
        // Without it the next intent would not be on disk when it says so.
        dead.store(true, Ordering::SeqCst);
        return Err(error.into());
    }
    done
}

fn write_progress(db: &mut Connection, rows: &[Progress]) -> Result<(), LedgerError> {
    let change = db.transaction()?;
    change.execute("DELETE FROM progress", [])?;
    for row in rows {
        change
            .prepare_cached("INSERT INTO progress (job, step, done, total, at) VALUES (?1, ?2, ?3, ?4, ?5)")?
            .execute(params![
                row.job.0,
                row.step,
                row.done.cast_signed(),
                row.total.cast_signed(),
                row.at.0
            ])?;
    }
    Ok(change.commit()?)
}

fn write_sightings(db: &mut Connection, rows: &[Sighting]) -> Result<(), LedgerError> {
    let change = db.transaction()?;
    change.execute("DELETE FROM sighting", [])?;
    let left_out = rows.len().saturating_sub(MOST_SIGHTINGS);
    write_meta(&change, LEFT_OUT, (left_out > 0).then(|| left_out.to_string()).as_deref())?;
    for row in rows.iter().take(MOST_SIGHTINGS) {
        let code = row.code.map_or("settling", crate::job::Code::as_str);
        let seen = row.seen.as_ref().and_then(|seen| serde_json::to_string(seen).ok());
        change
            .prepare_cached(
                "INSERT OR REPLACE INTO sighting (path, code, detail, at, seen) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![row.path.as_bytes(), code, row.detail, row.at.0, seen])?;
    }
    Ok(change.commit()?)
}
