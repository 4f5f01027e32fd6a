//! Keeps the waiting notes in step: a note for each wait, none for what goes on.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::{mpsc, oneshot};

use super::folders::{Folders, blocking};
use super::order::short_answer;
use crate::config::{Config, Language};
use crate::job::{Failure, Job, JobId, Phase, RelPath, SessionId, WordsFrom};
use crate::ledger::Ledger;
use crate::outbox;
use crate::words;

/// Under which name the ledger keeps what notes there are, so that none outlives its reason over a restart.
const KEPT: &str = "notes";

/// How long after a failure notes are tried again.
const RETRY: Duration = Duration::from_secs(30);

/// Whose a note is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Owner {
    Job(JobId),
    Inbox,
}

/// One thing to put right.
enum Change {
    Job(JobId, Option<(RelPath, RelPath, String)>),
    Inbox(BTreeMap<RelPath, String>),
    Flush(oneshot::Sender<()>),
}

/// Where wishes for notes are left.
#[derive(Clone)]
pub struct Notes {
    changes: mpsc::UnboundedSender<Change>,
    settings: Arc<RwLock<Arc<Config>>>,
}

impl Notes {
    /// A place for wishes, and the keeper that fulfils them.
    pub fn new(folders: Folders, ledger: Ledger, settings: Arc<RwLock<Arc<Config>>>) -> (Self, Keeper) {
        let (changes, wishes) = mpsc::unbounded_channel();
        (
            Self { changes, settings },
            Keeper {
                folders,
                ledger,
                wishes,
                kept: BTreeMap::new(),
                unwritten: BTreeMap::new(),
                unwanted: BTreeSet::new(),
                loaded: false,
            },
        )
    }

    /// Has the job's note say what the job says: one while it waits, none otherwise.
    pub fn sync(&self, job: &Job) {
        let waits = job.waiting.as_ref().filter(|_| !job.is_ended());
        if waits.is_some() && job.phase == Phase::Running {
            // A wait that is looked at again keeps its note as it is.
            return;
        }
        let note = waits.and_then(|failure| {
            let mut places = super::order::waiting_notes_of(job).into_iter();
            Some((places.next()?, places.next()?, text(job, failure, self.language())))
        });
        let _ = self.changes.send(Change::Job(job.id, note));
    }

    /// In which language notes are written now.
    pub(super) fn language(&self) -> Language {
        self.settings.read().unwrap_or_else(PoisonError::into_inner).messages.language
    }

    /// Has the notes about what lies in the inbox, and is no job, be exactly these.
    pub fn inbox(&self, notes: BTreeMap<RelPath, String>) {
        let _ = self.changes.send(Change::Inbox(notes));
    }

    /// Waits until all wishes so far are fulfilled, at most so long.
    pub async fn flush(&self, most: Duration) {
        let (done, flushed) = oneshot::channel();
        if self.changes.send(Change::Flush(done)).is_ok() {
            let _ = tokio::time::timeout(most, flushed).await;
        }
    }
}

fn text(job: &Job, failure: &Failure, language: Language) -> String {
    let file = job.dropped().to_string();
    // The wait is the job's last event: what is looked at again is told only where it changes.
    let since = super::telling::minute(job.changed);
    let sidecar = match &job.order.from {
        WordsFrom::Sidecar(text) => Some(String::from_utf8_lossy(text.path.name()).into_owned()),
        _ => None,
    };
    let answer = short_answer(job);
    let note = words::Note {
        answer: answer.as_deref(),
        since: Some(&since),
        sidecar: sidecar.as_deref(),
        paid: words::Paid::from_messages(&job.messages),
        job: Some(job.id),
        session: job.session.as_ref().map(SessionId::as_str),
        ..super::telling::note(&file, failure)
    };
    words::waiting(&note, language)
}

/// Writes and removes notes, one after the other, so that the last wish wins.
pub struct Keeper {
    folders: Folders,
    ledger: Ledger,
    wishes: mpsc::UnboundedReceiver<Change>,
    kept: BTreeMap<RelPath, Owner>,
    /// What could not be written, or not removed, yet: the outbox was away or could not be written.
    unwritten: BTreeMap<RelPath, (Owner, String)>,
    unwanted: BTreeSet<RelPath>,
    loaded: bool,
}

impl Keeper {
    /// Runs until every [`Notes`] is gone.
    pub async fn run(mut self) {
        let mut retry = tokio::time::interval(RETRY);
        loop {
            let change = tokio::select! {
                change = self.wishes.recv() => change,
                _ = retry.tick() => {
                    self.try_again().await;
                    continue;
                }
            };
            let Some(change) = change else { return };
            if !self.loaded {
                self.load().await;
            }
            let before = self.kept.clone();
            match change {
                Change::Job(id, note) => self.of_job(id, note).await,
                Change::Inbox(notes) => self.of_inbox(notes).await,
                Change::Flush(done) => drop(done.send(())),
            }
            if before != self.kept {
                let kept: Vec<_> = self.kept.iter().collect();
                let kept = serde_json::to_string(&kept).ok();
                if let Err(error) = self.ledger.set_meta(KEPT, kept).await {
                    tracing::warn!(%error, "which notes there are could not be recorded");
                }
            }
        }
    }

    async fn try_again(&mut self) {
        for (path, (owner, text)) in std::mem::take(&mut self.unwritten) {
            self.put(&path, owner, text).await;
        }
        for path in std::mem::take(&mut self.unwanted) {
            self.clear(&path).await;
        }
    }

    /// Takes over the notes of the last run; those of jobs that do not wait any more go.
    async fn load(&mut self) {
        self.loaded = true;
        let kept = self.ledger.meta(KEPT).await.ok().flatten().unwrap_or_default();
        let kept: Vec<(RelPath, Owner)> = serde_json::from_str(&kept).unwrap_or_default();
        for (path, owner) in kept {
            let waits = match owner {
                Owner::Inbox => true,
                Owner::Job(id) => {
                    matches!(self.ledger.job(id).await, Ok(Some(job)) if job.waiting.is_some() && !job.is_ended())
                }
            };
            self.kept.insert(path.clone(), owner);
            if !waits {
                self.clear(&path).await;
            }
        }
    }

    async fn of_job(&mut self, id: JobId, note: Option<(RelPath, RelPath, String)>) {
        let owner = Owner::Job(id);
        self.unwritten.retain(|_, (o, _)| *o != owner);
        let old: Vec<_> =
            self.kept.iter().filter(|(_, o)| **o == owner).map(|(path, _)| path.clone()).collect();
        let Some((short, long, text)) = note else {
            for path in old {
                self.clear(&path).await;
            }
            return;
        };
        // Two clips of one stem keep their endings in their notes.
        let taken = self.kept.get(&short).is_some_and(|o| *o != owner);
        let path = old.first().cloned().unwrap_or(if taken { long } else { short });
        self.put(&path, owner, text).await;
    }

    async fn of_inbox(&mut self, notes: BTreeMap<RelPath, String>) {
        self.unwritten.retain(|_, (owner, _)| *owner != Owner::Inbox);
        let old: Vec<_> =
            self.kept.iter().filter(|(_, o)| **o == Owner::Inbox).map(|(p, _)| p.clone()).collect();
        for path in old.into_iter().filter(|path| !notes.contains_key(path)) {
            self.clear(&path).await;
        }
        for (path, text) in notes {
            if self.kept.get(&path).is_none_or(|owner| *owner == Owner::Inbox) {
                self.put(&path, Owner::Inbox, text).await;
            }
        }
    }

    async fn put(&mut self, path: &RelPath, owner: Owner, text: String) {
        let (folders, at, words) = (self.folders.clone(), path.clone(), text.clone());
        self.unwanted.remove(path);
        match blocking(move || outbox::notes::put(&folders.outbox()?, &at, &words)).await {
            Ok(_) => drop(self.kept.insert(path.clone(), owner)),
            Err(error) => {
                trouble(path, &error);
                self.unwritten.insert(path.clone(), (owner, text));
            }
        }
    }

    /// Removes a note; it stays among those that are kept until it is gone.
    async fn clear(&mut self, path: &RelPath) {
        let (folders, at) = (self.folders.clone(), path.clone());
        self.unwritten.remove(path);
        match blocking(move || outbox::notes::clear(&folders.outbox()?, &at)).await {
            Ok(_) => drop(self.kept.remove(path)),
            Err(error) => {
                trouble(path, &error);
                self.unwanted.insert(path.clone());
            }
        }
    }
}

fn trouble(path: &RelPath, error: &io::Error) {
    tracing::warn!(note = %path, %error, "the note {path} can't be kept");
}
