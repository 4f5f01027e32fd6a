//! Keeps the waiting notes in step: a note for each wait, none for what goes on.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, oneshot};

use super::folders::{Folders, blocking};
use super::kept::{self, Kept, Owner};
use super::telling;
use crate::config::{Config, Language};
use crate::job::{Job, JobId, Phase, RelPath};
use crate::ledger::Ledger;
use crate::outbox::{LAST_NUMBER, waiting};

/// Under which name the ledger keeps what notes there are, so that none outlives its reason over a restart.
const KEPT: &str = "notes";

/// A ledger whose disk hangs keeps no note from being written.
const RECORDED_WITHIN: Duration = Duration::from_millis(500);

/// How long after a failure notes are tried again.
const RETRY: Duration = Duration::from_secs(30);

/// After so long what was removed stays removed, whatever becomes of the power: the kernel has written it back by then.
const LASTS_AFTER: Duration = Duration::from_mins(2);

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
                gone: BTreeMap::new(),
                recorded: None,
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
            Some((places.next()?, places.next()?, telling::waiting(job, failure, self.language())))
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

/// Writes and removes notes, one after the other, so that the last wish wins.
pub struct Keeper {
    folders: Folders,
    ledger: Ledger,
    wishes: mpsc::UnboundedReceiver<Change>,
    kept: BTreeMap<RelPath, Kept>,
    /// Those that were removed a short while ago: a power cut may bring them back.
    gone: BTreeMap<RelPath, (Instant, Kept)>,
    /// The same as the ledger has it.
    recorded: Option<String>,
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
                    self.loaded().await;
                    self.try_again().await;
                    continue;
                }
            };
            let Some(change) = change else { return };
            self.loaded().await;
            let before: BTreeSet<RelPath> = self.kept.keys().cloned().collect();
            match change {
                Change::Job(id, note) => self.of_job(id, note).await,
                Change::Inbox(notes) => self.of_inbox(notes).await,
                Change::Flush(done) => drop(done.send(())),
            }
            if !before.iter().eq(self.kept.keys()) {
                self.record().await;
            }
        }
    }

    /// Has the ledger know what notes there are, and what is in them.
    async fn record(&mut self) {
        self.gone.retain(|_, (at, _)| at.elapsed() < LASTS_AFTER);
        let gone = self.gone.iter().map(|(path, (_, kept))| (path, kept));
        let text = kept::to_text(gone.chain(&self.kept));
        if text == self.recorded {
            return;
        }
        let recorded = self.ledger.set_meta(KEPT, text.clone());
        match tokio::time::timeout(RECORDED_WITHIN, recorded).await {
            Ok(Ok(())) => self.recorded = text,
            Ok(Err(error)) => tracing::warn!(%error, "which notes there are could not be recorded"),
            Err(_) => tracing::warn!("which notes there are is not recorded yet: the ledger is slow"),
        }
    }

    async fn try_again(&mut self) {
        for (wish, (owner, text)) in std::mem::take(&mut self.unwritten) {
            self.put(&wish, owner, text).await;
        }
        for path in std::mem::take(&mut self.unwanted) {
            self.clear(&path).await;
        }
    }

    /// Takes over the notes of the last run; those of jobs that do not wait any more go.
    async fn loaded(&mut self) {
        if std::mem::replace(&mut self.loaded, true) {
            return;
        }
        let kept = self.ledger.meta(KEPT).await.ok().flatten().unwrap_or_default();
        self.kept = kept::from_text(&kept);
        self.recorded = Some(kept);
        for (path, note) in self.kept.clone() {
            let waits = match note.owner {
                Owner::Inbox => true,
                Owner::Job(id) => {
                    matches!(self.ledger.job(id).await, Ok(Some(job)) if job.waiting.is_some() && !job.is_ended())
                }
            };
            if !waits {
                self.clear(&path).await;
            }
        }
    }

    async fn of_job(&mut self, id: JobId, note: Option<(RelPath, RelPath, String)>) {
        let owner = Owner::Job(id);
        self.unwritten.retain(|_, (o, _)| *o != owner);
        let Some((short, long, text)) = note else {
            for path in self.paths(|kept| kept.owner == owner) {
                self.clear(&path).await;
            }
            return;
        };
        // Two clips of one stem keep their endings in their notes.
        let is_its = |wish: &RelPath| *wish == short || *wish == long;
        let old = self.kept.values().find(|kept| kept.owner == owner && is_its(&kept.wish));
        let old = old.map(|kept| kept.wish.clone());
        let taken = self.kept.get(&short).is_some_and(|kept| kept.owner != owner);
        let wish = old.unwrap_or(if taken { long } else { short });
        self.put(&wish, owner, text).await;
        // What was dropped has another name since.
        for path in self.paths(|kept| kept.owner == owner && kept.wish != wish) {
            self.clear(&path).await;
        }
    }

    async fn of_inbox(&mut self, notes: BTreeMap<RelPath, String>) {
        self.unwritten.retain(|_, (owner, _)| *owner != Owner::Inbox);
        for path in self.paths(|kept| kept.owner == Owner::Inbox && !notes.contains_key(&kept.wish)) {
            self.clear(&path).await;
        }
        for (wish, text) in notes {
            if self.kept.get(&wish).is_none_or(|kept| kept.owner == Owner::Inbox) {
                self.put(&wish, Owner::Inbox, text).await;
            }
        }
    }

    /// Where the notes lie of which that is so.
    fn paths(&self, is_it: impl Fn(&Kept) -> bool) -> Vec<RelPath> {
        self.kept.iter().filter(|(_, kept)| is_it(kept)).map(|(path, _)| path.clone()).collect()
    }

    /// Writes a note where it lies already, else under its name; where somebody else's file has that, under the next
    /// free one.
    async fn put(&mut self, wish: &RelPath, owner: Owner, text: String) {
        let is_it = |kept: &Kept| kept.owner == owner && kept.wish == *wish;
        let lies = self.paths(is_it);
        let numbered = (1..=LAST_NUMBER).filter_map(|number| waiting::numbered(wish, number));
        for path in lies.into_iter().chain(numbered) {
            if self.kept.get(&path).is_some_and(|kept| kept.owner != owner || kept.wish != *wish) {
                continue;
            }
            match self.put_at(&path, (wish, owner), &text).await {
                Ok(()) => return,
                // Nothing there is ours, and nothing of it is touched.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => drop(self.kept.remove(&path)),
                Err(error) => {
                    trouble(&path, &error);
                    self.unwritten.insert(wish.clone(), (owner, text));
                    return;
                }
            }
        }
    }

    /// What is to be there is recorded before it is: a note that a kill leaves behind is known.
    async fn put_at(
        &mut self,
        path: &RelPath,
        (wish, owner): (&RelPath, Owner),
        text: &str,
    ) -> io::Result<()> {
        let known = self.kept.get(path).or(self.gone.get(path).map(|(_, kept)| kept)).cloned();
        let (folders, at, words, old) = (self.folders.clone(), path.clone(), text.to_owned(), known.clone());
        let can_be =
            move || waiting::can_be(&folders.outbox()?, &at, &words, |lies| is_known(old.as_ref(), lies));
        if !blocking(can_be).await? {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let new = kept::hash(text.as_bytes());
        let mut wrote = known.clone().map_or_else(Vec::new, |kept| kept.wrote);
        wrote.retain(|hash| *hash != new);
        wrote.push(new);
        self.unwanted.remove(path);
        self.gone.remove(path);
        self.kept.insert(path.clone(), Kept { owner, wish: wish.clone(), wrote });
        if known.as_ref().is_none_or(|kept| kept.wrote.last() != Some(&new)) {
            self.record().await;
        }
        let (folders, at, words) = (self.folders.clone(), path.clone(), text.to_owned());
        let put =
            move || waiting::put(&folders.outbox()?, &at, &words, |lies| is_known(known.as_ref(), lies));
        blocking(put).await?;
        // What lay there before is gone; the ledger is told of it with the next change.
        if let Some(kept) = self.kept.get_mut(path) {
            kept.wrote = vec![new];
        }
        Ok(())
    }

    /// Removes a note, if it is ours still; it stays among those that are kept until it is gone.
    async fn clear(&mut self, path: &RelPath) {
        let (folders, at, ours) = (self.folders.clone(), path.clone(), self.kept.get(path).cloned());
        let clear = move || waiting::clear(&folders.outbox()?, &at, |lies| is_known(ours.as_ref(), lies));
        match blocking(clear).await {
            Ok(_) => {
                if let Some(kept) = self.kept.remove(path) {
                    self.gone.insert(path.clone(), (Instant::now(), kept));
                }
            }
            Err(error) => {
                trouble(path, &error);
                self.unwanted.insert(path.clone());
            }
        }
    }
}

fn is_known(kept: Option<&Kept>, lies: &[u8]) -> bool {
    kept.is_some_and(|kept| kept.is_ours(lies))
}

fn trouble(path: &RelPath, error: &io::Error) {
    tracing::warn!(note = %path, %error, "the note {path} can't be kept");
}
