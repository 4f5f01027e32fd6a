//! Folders that are projects, and media that come too late for theirs.

use std::collections::{BTreeMap, BTreeSet};

use super::admission::{self, Admission};
use super::changes::changes;
use super::folders::blocking;
use super::intake::Intake;
use super::texts::Memory;
use super::{order, put_back, story};
use crate::inbox::{ProjectFound, Text};
use crate::job::{Clip, Job, JobEvent, Project, RelPath, WordsFrom, Work};
use crate::ledger::LedgerError;

/// Media that came too late for the project of their folder.
#[derive(Default)]
pub(super) struct Late(BTreeMap<RelPath, BTreeSet<RelPath>>);

impl Late {
    /// They are those of a folder now; whether that says something new.
    fn set(&mut self, folder: &RelPath, files: BTreeSet<RelPath>) -> bool {
        let old = self.0.remove(folder).unwrap_or_default();
        let is_new = old != files;
        if !files.is_empty() {
            self.0.insert(folder.clone(), files);
        }
        is_new
    }

    /// One more in a folder; whether it is new.
    pub(super) fn add(&mut self, folder: &RelPath, file: &RelPath) -> bool {
        self.0.entry(folder.clone()).or_default().insert(file.clone())
    }

    /// It is not there any more; whether it was among them.
    pub(super) fn forget(&mut self, file: &RelPath) -> bool {
        let was = self.0.values_mut().any(|files| files.remove(file));
        self.0.retain(|_, files| !files.is_empty());
        was
    }

    /// All of them.
    pub(super) fn files(&self) -> impl Iterator<Item = &RelPath> {
        self.0.values().flatten()
    }

    /// Each folder with its late files.
    pub(super) fn folders(&self) -> impl Iterator<Item = (&RelPath, &BTreeSet<RelPath>)> {
        self.0.iter()
    }
}

/// What became of a project's folder.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Taken {
    /// It is taken up.
    Yes,
    /// A clip in it is being worked by itself: it is looked at again when that has ended.
    Later,
}

impl Intake {
    /// Takes up a project's folder; whether its late files are others now is said by `late`.
    pub(super) async fn project(
        &self,
        found: &ProjectFound,
        late: &mut Late,
    ) -> Result<(Taken, bool), LedgerError> {
        let clip =
            Clip { root: self.tools.folders.root(), path: found.text.path.clone(), stamp: found.text.stamp };
        let of_project = |job: Option<Job>| job.filter(|job| job.work.project().is_some());
        let at = of_project(self.tools.ledger.job_at(clip.root, clip.path.clone()).await?);
        let of = of_project(self.tools.ledger.job_of_file(clip.stamp).await?);
        let read = order::of_text(&found.text, &self.tools.config());
        let project = Project { folder: found.folder.clone(), parts: found.parts.clone() };
        let open = at.as_ref().filter(|job| !job.is_ended() && !job.closing()).cloned();
        // Left where it was, and only touched since: that is no new text.
        let touched = |job: &Job| job.is_ended() && job.left && same_text(job, &found.text);
        let admission = match open {
            Some(job) => Admission::Known(Box::new(job)),
            None if at.as_ref().is_some_and(touched) => Admission::Finished,
            None => admission::judge(&clip.path, &clip.stamp, read.as_ref().ok(), at.clone(), of),
        };
        let order = read.clone().unwrap_or_else(|_| order::unreadable(Some(&found.text)));
        let failure = read.err();
        let (job, mut events) = match admission {
            Admission::Finished => {
                let parts = at.as_ref().and_then(|job| job.work.project()).map(|old| late_of(old, &project));
                return Ok((Taken::Yes, late.set(&found.folder, parts.unwrap_or_default())));
            }
            Admission::New => {
                let said = late.set(&found.folder, BTreeSet::new());
                if !self.frees_its_clips(&project).await? {
                    return Ok((Taken::Later, said));
                }
                let work = Work::Project(Box::new(project));
                let mut events = vec![JobEvent::Admitted { clip, order, work, batch: None }];
                events.extend(failure.map(|failure| JobEvent::Failed { failure }));
                self.begin_project(found, events).await?;
                put_back::clear_if_gone(&self.tools, at).await;
                return Ok((Taken::Yes, said));
            }
            Admission::Known(job) => {
                if self.heard(&job, &order).await {
                    return Ok((Taken::Yes, false));
                }
                let same = job.may_be_paid() || job.work.project().is_some_and(|p| p.same_parts(&project));
                let work = || Some(Work::Project(Box::new(project.clone())));
                let replaced = |clip, order| vec![JobEvent::Replaced { clip, order, work: work() }];
                let events = if same { changes(&job, clip, order) } else { replaced(clip, order) };
                (job, events)
            }
            Admission::Reopens(job) => {
                let work = Some(Work::Project(Box::new(project.clone())));
                (job, vec![JobEvent::Reopened { clip, order, work, content: None }])
            }
        };
        let paid = job.may_be_paid();
        let parts = job.work.project().filter(|_| paid).map(|old| late_of(old, &project)).unwrap_or_default();
        let said = late.set(&found.folder, parts);
        events.extend(failure.filter(|_| !paid).map(|failure| JobEvent::Failed { failure }));
        self.tell(self.append(&job, events).await?).await;
        Ok((Taken::Yes, said))
    }

    async fn begin_project(&self, found: &ProjectFound, events: Vec<JobEvent>) -> Result<(), LedgerError> {
        if let Some(job) = self.found(&found.text.path, events.clone()).await? {
            let parts = found.parts.len();
            tracing::info!(job = %job.id, folder = %found.folder, parts, "{} is taken as a project of {parts} files: {}", found.folder, story::words(&job));
            self.tell(Some((job, events))).await;
        }
        Ok(())
    }

    /// Clips that were taken by themselves before their folder became a project: those that nothing was paid for are given
    /// up for it; `false` where one was paid for.
    async fn frees_its_clips(&self, project: &Project) -> Result<bool, LedgerError> {
        let mut free = true;
        for job in self.tools.ledger.open_jobs().await? {
            let is_part =
                |job: &Job| job.work.is_clip() && project.parts.iter().any(|part| part.path == job.clip.path);
            if !is_part(&job) {
                continue;
            }
            if job.may_be_paid() || job.closing() {
                free = false;
            } else {
                let cancelled = self.append(&job, vec![JobEvent::Cancelled]).await?;
                // Its message may have left in this moment.
                free &= cancelled.is_some();
                self.tell(cancelled).await;
            }
        }
        Ok(free)
    }

    /// Late files that are not there any more are not told of. They were never reported by themselves, so nobody else says so.
    pub(super) async fn late_that_left(&self, memory: &mut Memory) {
        let files: Vec<RelPath> = memory.late.files().cloned().collect();
        if files.is_empty() {
            return;
        }
        let folders = self.tools.folders.clone();
        let look = blocking(move || {
            let inbox = folders.inbox()?;
            let mut gone = Vec::new();
            for file in files {
                if inbox.stat(&file)?.is_none() {
                    gone.push(file);
                }
            }
            Ok(gone)
        });
        let gone = self.tools.vitals.intake.during(look).await.unwrap_or_default();
        for file in &gone {
            memory.late.forget(file);
        }
        if !gone.is_empty() {
            self.tell_withheld(memory).await;
        }
    }

    /// The folder of the project that a clip alone came too late for: the nearest one upward that ever was one.
    pub(super) async fn project_before(&self, clip: &RelPath) -> Result<Option<RelPath>, LedgerError> {
        let mut folder = clip.parent();
        while folder != RelPath::root() {
            let job = self.tools.ledger.project_of(self.tools.folders.root(), folder.clone()).await?;
            if job.is_some_and(|job| job.may_be_paid() || job.delivered.is_some()) {
                return Ok(Some(folder));
            }
            folder = folder.parent();
        }
        Ok(None)
    }
}

/// Whether a job was made of that very text.
fn same_text(job: &Job, text: &Text) -> bool {
    matches!(&job.order.from, WordsFrom::Sidecar(old) if old.same_text(&order::reference(text)))
}

/// What lies in a project's folder and was not among its parts.
fn late_of(old: &Project, now: &Project) -> BTreeSet<RelPath> {
    let known = |path: &RelPath| old.parts.iter().any(|part| part.path == *path);
    now.parts.iter().map(|part| part.path.clone()).filter(|path| !known(path)).collect()
}
