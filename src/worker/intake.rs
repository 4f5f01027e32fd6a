//! Intake: makes jobs of what the inbox reports, and tells the dispatcher.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::mpsc;

use super::admission::{self, Admission};
use super::changes::{arrived_at, changes};
use super::clock::wall;
use super::folders::blocking;
use super::texts::Memory;
use super::withheld::{is_clip, late_note, note};
use super::{Tools, order, put_back, story, telling};
use crate::crash::{self, Loop};
use crate::inbox::{self, Arrival, FolderState, Gone, Mounted, Reason, Report, What, Withheld};
use crate::job::{Batch, Clip, Code, Job, JobEvent, JobId, Phase, RelPath, Stamp, Work};
use crate::ledger::{InboxShown, LedgerError, MountShown, Request};

/// So long what is only shown is waited for: it is in the ledger's hands, and comes to be shown all the same.
const SHOWN_WITHIN: Duration = Duration::from_millis(500);

/// So often texts that wait for a clip's way to end are looked at again.
const TEXTS_AGAIN: Duration = Duration::from_secs(1);

/// Why the dispatcher is woken.
#[derive(Clone, PartialEq, Debug)]
pub enum Wake {
    /// A job was made or changed in the ledger.
    Job(JobId),
    /// Whether the inbox has nothing more to come by waiting.
    Quiet(bool),
    /// A person asks for something from outside.
    Asked(Request),
    /// A text consents to send a message in doubt once more, or answers a question. The dispatcher records it, between two
    /// looks at the state: one of them may just be finding out that it is not needed.
    Says {
        /// The job.
        job: JobId,
        /// What is said.
        event: Box<JobEvent>,
    },
}

/// What is not taken until something changes outside.
#[derive(Debug, Default)]
pub struct Withholding {
    clips: AtomicUsize,
    away: AtomicBool,
}

impl Withholding {
    /// Whether a clip is withheld until a person does something, or the whole inbox is away.
    pub fn anything(&self) -> bool {
        self.clips.load(Ordering::Relaxed) > 0 || self.away.load(Ordering::Relaxed)
    }
}

/// Takes reports of the inbox, one after the other.
pub struct Intake {
    pub(super) tools: Arc<Tools>,
    wakes: mpsc::Sender<Wake>,
    withholding: Arc<Withholding>,
}

impl Intake {
    /// An intake that wakes the dispatcher through `wakes`.
    pub const fn new(tools: Arc<Tools>, wakes: mpsc::Sender<Wake>, withholding: Arc<Withholding>) -> Self {
        Self { tools, wakes, withholding }
    }

    /// Takes reports until the inbox is gone.
    ///
    /// # Errors
    /// Where the ledger fails: nothing may be taken then.
    pub async fn run(self, mut reports: mpsc::UnboundedReceiver<Report>) -> Result<(), LedgerError> {
        let (mut told, mut memory, mut owes_quiet) = (Vec::new(), Memory::default(), false);
        let mut again = tokio::time::interval(TEXTS_AGAIN);
        again.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut rarely = tokio::time::interval(self.tools.config().watch.rescan.max(TEXTS_AGAIN));
        rarely.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let vitals = Arc::clone(&self.tools.vitals);
        let _going = vitals.intake.begin();
        loop {
            crash::turn(Loop::Intake);
            vitals.intake.beat();
            let report = tokio::select! {
                report = reports.recv() => report,
                _ = rarely.tick(), if memory.is_unsure() => {
                    self.late_that_left(&mut memory).await;
                    self.early(&mut memory).await?;
                    continue;
                }
                () = vitals.intake.asked() => continue,
                _ = again.tick(), if memory.holds() || owes_quiet => {
                    self.again(&mut memory).await?;
                    if owes_quiet && self.is_settled(&memory).await? {
                        owes_quiet = false;
                        self.wake(Wake::Quiet(true)).await;
                    }
                    continue;
                }
            };
            let Some(report) = report else { return Ok(()) };
            match report {
                Report::Arrival(arrival) => self.arrived(&arrival, &mut memory).await?,
                Report::Text(lone) => self.text(*lone, &mut memory).await?,
                Report::Project(found) => self.folder(*found, &mut memory).await?,
                Report::Gone(gone) => {
                    if memory.forget(&gone.path) {
                        self.tell_withheld(&memory).await;
                    }
                    self.gone(&gone).await?;
                }
                Report::Withheld(list) => {
                    memory.withheld = list;
                    self.tell_withheld(&memory).await;
                }
                Report::Folder(state) => {
                    tell_folder(&state, &mut told);
                    self.seen(&state).await;
                }
                // Counted where it is reported: a look that finds nothing wakes nobody.
                Report::Looked { .. } => {}
                Report::Quiet => {
                    owes_quiet = !self.is_settled(&memory).await?;
                    if !owes_quiet {
                        self.wake(Wake::Quiet(true)).await;
                    }
                }
            }
        }
    }

    /// Whether nothing that is held can be taken before a person does something: what is in work may still make way for it.
    async fn is_settled(&self, memory: &Memory) -> Result<bool, LedgerError> {
        let rests = |job: &Job| job.phase == Phase::Waiting || job.unsettled;
        if !memory.holds() || self.tools.brake.is_on() {
            return Ok(true);
        }
        let open = self.tools.ledger.open_jobs().await?;
        Ok(!open.is_empty() && open.iter().all(rests))
    }

    pub(super) async fn wake(&self, wake: Wake) {
        // Where the dispatcher has ended there is nobody to wake, and the ledger holds it for the next start.
        // One that is busy is no fault here.
        let _ = self.tools.vitals.intake.during(self.wakes.send(wake)).await;
    }

    async fn arrived(&self, arrival: &Arrival, memory: &mut Memory) -> Result<(), LedgerError> {
        let root = self.tools.folders.root();
        let clip = Clip { root, path: arrival.clip.clone(), stamp: arrival.stamp };
        let asked = order::of(arrival, &self.tools.config());
        let of_clip = |job: Option<Job>| job.filter(|job| job.work.is_file());
        let at = of_clip(self.tools.ledger.job_at(root, clip.path.clone()).await?);
        let of = of_clip(self.tools.ledger.job_of_file(clip.stamp).await?);
        let admission = admission::judge(&clip.path, &clip.stamp, asked.as_ref().ok(), at.clone(), of);
        let failure = arrival.verdict.as_ref().err().or(asked.as_ref().err()).cloned();
        let order = asked.unwrap_or_else(|_| order::unreadable_of(arrival));
        let recorded = match admission {
            Admission::Finished => return Ok(()),
            Admission::New if self.is_away(&clip).await => return Ok(()),
            Admission::New => {
                if let Some(folder) = self.project_before(&clip.path).await? {
                    if memory.late.add(&folder, &clip.path) {
                        self.tell_withheld(memory).await;
                    }
                    return Ok(());
                }
                if failure.is_none()
                    && let Some((job, content)) = self.of_copy(&clip, &order).await?
                {
                    let event = JobEvent::Reopened { clip, order, work: None, content: Some(content) };
                    self.tell(self.append(&job, vec![event]).await?).await;
                    return Ok(());
                }
                let of_batch = |text: Stamp| Box::new(Batch::new(clip.path.parent(), text.ino));
                let batch = arrival.batch.map(of_batch);
                let work = if inbox::is_address(&clip.path) { Work::Address } else { Work::Clip };
                let mut events = vec![JobEvent::Admitted { clip, order, work, batch }];
                events.extend(failure.map(|failure| JobEvent::Failed { failure }));
                let Some(job) = self.found(&arrival.clip, events.clone()).await? else { return Ok(()) };
                put_back::clear_if_gone(&self.tools, at).await;
                tracing::info!(job = %job.id, clip = %job.clip.path, "{} is taken: {}", job.clip.path, story::words(&job));
                Some((job, events))
            }
            Admission::Reopens(job) => {
                let mut events = vec![JobEvent::Reopened { clip, order, work: None, content: None }];
                events.extend(
                    failure.filter(|_| !job.may_be_paid()).map(|failure| JobEvent::Failed { failure }),
                );
                self.append(&job, events).await?
            }
            Admission::Known(job) => {
                if self.heard(&job, &order).await {
                    return Ok(());
                }
                let mut events = changes(&job, clip, order);
                events.extend(
                    failure.filter(|_| !job.may_be_paid()).map(|failure| JobEvent::Failed { failure }),
                );
                self.append(&job, events).await?
            }
        };
        self.tell(recorded).await;
        Ok(())
    }

    /// Tells the log and the dispatcher what was recorded.
    pub(super) async fn tell(&self, recorded: Option<(Job, Vec<JobEvent>)>) {
        if let Some((job, events)) = recorded {
            story::tell(&job, &events);
            if events.iter().any(|event| matches!(event, JobEvent::Reopened { .. })) {
                put_back::clear_note(&self.tools, &job).await;
            }
            self.wake(Wake::Job(job.id)).await;
        }
    }

    /// Records a new job; nothing where the ledger can't take it now: then its file is looked at once more.
    pub(super) async fn found(
        &self,
        file: &RelPath,
        events: Vec<JobEvent>,
    ) -> Result<Option<Job>, LedgerError> {
        match self.tools.ledger.found(events, wall()).await {
            Err(error) if !error.is_fatal() => {
                tracing::warn!(%error, "a clip can't be recorded now, and is looked at once more");
                // Not in circles while the ledger's disk is full.
                tokio::time::sleep(Duration::from_secs(1)).await;
                self.tools.inbox.report_anew(file);
                Ok(None)
            }
            found => Ok(Some(found?)),
        }
    }

    /// Whether it was put away since it was looked at: the clip of a job that has just ended is no new drop.
    pub(super) async fn is_away(&self, clip: &Clip) -> bool {
        let (folders, path) = (self.tools.folders.clone(), clip.path.clone());
        let look = blocking(move || Ok(folders.inbox()?.stat(&path)?.is_none()));
        self.tools.vitals.intake.during(look).await.unwrap_or(false)
    }

    /// Records events where they are still possible; a job that has moved on meanwhile is left alone.
    pub(super) async fn append(
        &self,
        job: &Job,
        events: Vec<JobEvent>,
    ) -> Result<Option<(Job, Vec<JobEvent>)>, LedgerError> {
        if events.is_empty() {
            return Ok(None);
        }
        match self.tools.ledger.append(job.id, events.clone(), wall()).await {
            Ok(job) => Ok(Some((job, events))),
            Err(error) if error.is_fatal() => Err(error),
            Err(error) => {
                // The job has moved on meanwhile: what arrived is judged once more by what it is then.
                tracing::debug!(job = %job.id, %error, "what arrived is looked at once more");
                self.tools.inbox.report_anew(arrived_at(&events).unwrap_or(&job.clip.path));
                Ok(None)
            }
        }
    }

    /// Taken away before its message: cancelled, unpaid. Renamed: the same job. After its message: nothing.
    async fn gone(&self, gone: &Gone) -> Result<(), LedgerError> {
        let root = self.tools.folders.root();
        let Some(job) = self.tools.ledger.job_at(root, gone.path.clone()).await? else { return Ok(()) };
        if job.is_ended() || job.closing() || !job.clip.stamp.same_file(&gone.stamp) {
            return Ok(());
        }
        let event = match &gone.now_at {
            Some(path) => JobEvent::Renamed { path: path.clone(), stamp: job.clip.stamp },
            None if job.may_be_paid() => return Ok(()),
            None => JobEvent::Cancelled,
        };
        if let Some((job, _)) = self.append(&job, vec![event]).await? {
            self.wake(Wake::Job(job.id)).await;
        }
        Ok(())
    }

    /// The inbox is there, or away.
    async fn seen(&self, state: &FolderState) {
        self.show_folder(state).await;
        let away = matches!(state, FolderState::Away { .. });
        self.tools.vitals.show(|now| now.inbox = Some(presence(state)));
        self.withholding.away.store(away, Ordering::Relaxed);
        if away {
            self.wake(Wake::Quiet(true)).await;
        }
    }

    async fn show_folder(&self, state: &FolderState) {
        let shown = match state {
            FolderState::Away { why } => InboxShown { away: Some(why.clone()), mounts: Vec::new() },
            FolderState::Here(mounts) => {
                let mounts = mounts.iter().map(|mount| MountShown {
                    path: mount.at.clone(),
                    fs: mount.fs.to_owned(),
                    native: mount.native,
                    why: mount.why.clone(),
                    missed: mount.missed,
                });
                InboxShown { away: None, mounts: mounts.collect() }
            }
        };
        if let Err(error) = self.tools.ledger.show_inbox(&shown).await {
            tracing::debug!(%error, "how the inbox is looked at is not shown");
        }
    }

    /// Tells people and observers what is not taken.
    pub(super) async fn tell_withheld(&self, memory: &Memory) {
        let taken = self.taken(&memory.withheld).await;
        let list = || memory.withheld.iter().filter(|w| !taken.contains(&w.path));
        let hides = memory.withheld.iter().any(|w| w.note_due && taken.contains(&w.path));
        memory.hides.store(hides, Ordering::Relaxed);
        let is_it = |what| is_clip(what) || what == What::Folder;
        let held = list().filter(|w| is_it(w.what) && w.reason.code().is_some()).count();
        self.withholding.clips.store(held, Ordering::Relaxed);
        let language = self.tools.notes.language();
        let due = list().filter(|w| w.note_due);
        let (now, age) = (wall(), self.tools.inbox.age());
        let told = |held: &Withheld| {
            note((held, code_of(held, memory)?), &telling::minute(telling::since(held, now, age)), language)
        };
        let mut notes: BTreeMap<_, _> = due.filter_map(told).collect();
        notes.extend(memory.late.folders().filter_map(|(folder, files)| late_note(folder, files, language)));
        self.tools.notes.inbox(notes);
        let rows = list().filter(|w| w.what != What::Foreign).map(|w| {
            let film = code_of(w, memory) == Some(Code::AwaitsFilm);
            telling::sighting(w, now, age).awaiting_film(film)
        });
        let shown = self.tools.ledger.show_sightings(rows.collect());
        // What comes next may need no ledger, as a note: it does not wait for a disk that hangs.
        if let Ok(Err(error)) = tokio::time::timeout(SHOWN_WITHIN, shown).await {
            tracing::debug!(%error, "what lies in the inbox is not shown");
        }
    }
}

/// Why something is not taken, where a note says so.
fn code_of(withheld: &Withheld, memory: &Memory) -> Option<Code> {
    match withheld.reason {
        Reason::Held(code) => Some(code),
        Reason::AwaitsClip if memory.waits_for_film(&withheld.path) => Some(Code::AwaitsFilm),
        Reason::AwaitsClip => Some(Code::AwaitsClip),
        _ => None,
    }
}

fn presence(state: &FolderState) -> Result<(), String> {
    match state {
        FolderState::Here { .. } => Ok(()),
        FolderState::Away { why } => Err(why.clone()),
    }
}

/// Says how the inbox, and each mount in it, is looked at, where that is not what was said before.
fn tell_folder(state: &FolderState, told: &mut Vec<Mounted>) {
    let mounts = match state {
        FolderState::Here(mounts) => mounts,
        FolderState::Away { why } => {
            tracing::warn!("the inbox is not there, so nothing is taken for deleted: {why}");
            told.clear();
            return;
        }
    };
    for mount in mounts.iter().filter(|mount| !told.contains(mount)) {
        let folder = if mount.at == RelPath::root() {
            "the inbox".to_owned()
        } else {
            format!("{} in the inbox", mount.at)
        };
        let Mounted { fs, missed, .. } = mount;
        match &mount.why {
            _ if mount.native && *missed > 0 => {
                tracing::info!(
                    missed,
                    "{folder} ({fs}) is watched by the kernel's events, and {missed} files were found without any"
                );
            }
            _ if mount.native => tracing::info!("{folder} ({fs}) is watched by the kernel's events"),
            None => tracing::info!("{folder} ({fs}) is looked at by polling"),
            Some(why) => tracing::warn!(missed, "{folder} ({fs}) is looked at by polling, because {why}"),
        }
    }
    told.clone_from(mounts);
}
