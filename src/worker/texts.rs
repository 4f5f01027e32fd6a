//! Texts that lie alone: answers, and words for a film that was delivered or for a film of words alone.

use std::collections::{BTreeMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};

use super::admission::{self, Admission};
use super::changes::{changes, consent};
use super::intake::{Intake, Wake};
use super::lone::{self, Plan};
use super::projects::{self, Late};
use super::{order, refine, story};
use crate::inbox::{LoneText, Means, ProjectFound, What, Withheld};
use crate::job::{Clip, Code, End, Failure, Job, JobEvent, Order, RelPath, Work};
use crate::ledger::LedgerError;

/// What became of a text alone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Taken {
    /// It is taken up, or is nobody's.
    Yes,
    /// A clip of its name is on its way: it is looked at again when that has ended.
    Later,
    /// It says by its name that it is for a film, and there is none of that name yet.
    Early,
}

/// What intake remembers from one report to the next.
#[derive(Default)]
pub(super) struct Memory {
    /// Texts that wait until a clip's way has ended.
    texts: BTreeMap<RelPath, LoneText>,
    /// Texts whose film may come yet.
    early: BTreeMap<RelPath, LoneText>,
    /// Folders that wait until a clip in them is done with.
    projects: BTreeMap<RelPath, ProjectFound>,
    /// Media that came too late.
    pub(super) late: Late,
    /// What the inbox withheld last.
    pub(super) withheld: Vec<Withheld>,
    /// Some of it is not told, because a job has taken it up: that may end.
    pub(super) hides: AtomicBool,
}

impl Memory {
    /// Whether something is to be looked at again.
    pub(super) fn holds(&self) -> bool {
        !self.texts.is_empty() || !self.projects.is_empty() || self.hides.load(Ordering::Relaxed)
    }

    /// Whether that text waits until other work on its film is over.
    pub(super) fn waits_for_film(&self, text: &RelPath) -> bool {
        self.texts.contains_key(text)
    }

    /// Whether an earlier text for the same film waits: `talk.v2.txt` comes before `talk.v3.txt`, also where their film is
    /// done between two looks at them.
    fn comes_after(&self, lone: &LoneText) -> bool {
        let film = |text: &LoneText| (text.text.path.parent(), lone::film_of(&text.text.path));
        let version = |text: &LoneText| if let Means::Version(n) = text.means { n } else { 0 };
        let comes_first = |held: &LoneText| {
            lone::is_of_film(held.means) && version(held) < version(lone) && film(held) == film(lone)
        };
        lone::is_of_film(lone.means) && self.texts.values().any(comes_first)
    }

    /// Whether something may change that nobody reports: a film comes, or late media go.
    pub(super) fn is_unsure(&self) -> bool {
        !self.early.is_empty() || self.late.files().next().is_some()
    }

    /// A file is not there any more; whether that changes what is said of late media.
    pub(super) fn forget(&mut self, file: &RelPath) -> bool {
        self.texts.remove(file);
        self.early.remove(file);
        self.projects.retain(|_, found| found.text.path != *file);
        self.late.forget(file)
    }
}

impl Intake {
    /// Takes a text up, or holds it.
    pub(super) async fn text(&self, lone: LoneText, memory: &mut Memory) -> Result<(), LedgerError> {
        if self.holds(lone, memory).await? {
            self.tell_withheld(memory).await;
        }
        Ok(())
    }

    /// The same; whether it waits for another reason than before, which its note says.
    async fn holds(&self, lone: LoneText, memory: &mut Memory) -> Result<bool, LedgerError> {
        let path = lone.text.path.clone();
        let did = memory.texts.remove(&path).is_some();
        memory.early.remove(&path);
        let waits = memory.comes_after(&lone);
        let held = match Box::pin(self.take_text(&lone, waits)).await? {
            Taken::Yes => None,
            Taken::Later => Some(&mut memory.texts),
            Taken::Early => Some(&mut memory.early),
        };
        if let Some(held) = held {
            held.insert(path.clone(), lone);
        }
        Ok(did != memory.waits_for_film(&path))
    }

    /// Looks whether the films of texts that came before them are there by now.
    pub(super) async fn early(&self, memory: &mut Memory) -> Result<(), LedgerError> {
        for lone in memory.early.values().cloned().collect::<Vec<_>>() {
            self.text(lone, memory).await?;
        }
        Ok(())
    }

    /// Takes a project's folder up, or holds it.
    pub(super) async fn folder(&self, found: ProjectFound, memory: &mut Memory) -> Result<(), LedgerError> {
        memory.projects.remove(&found.folder);
        let (taken, said) = self.project(&found, &mut memory.late).await?;
        if taken == projects::Taken::Later {
            memory.projects.insert(found.folder.clone(), found);
        }
        if said {
            self.tell_withheld(memory).await;
        }
        Ok(())
    }

    /// Looks again at what is held.
    pub(super) async fn again(&self, memory: &mut Memory) -> Result<(), LedgerError> {
        let mut changed = false;
        for lone in memory.texts.values().cloned().collect::<Vec<_>>() {
            changed |= self.holds(lone, memory).await?;
        }
        for found in std::mem::take(&mut memory.projects).into_values() {
            Box::pin(self.folder(found, memory)).await?;
        }
        if changed || memory.hides.load(Ordering::Relaxed) {
            self.tell_withheld(memory).await;
        }
        Ok(())
    }

    /// `waits`: no job is made of it yet. That of one that is a job's already is heard all the same.
    async fn take_text(&self, lone: &LoneText, waits: bool) -> Result<Taken, LedgerError> {
        if lone.means == Means::Answer {
            return self.answer(lone).await;
        }
        let clip =
            Clip { root: self.tools.folders.root(), path: lone.text.path.clone(), stamp: lone.text.stamp };
        let of_text = |job: Option<Job>| job.filter(|job| job.work.is_text());
        let at = of_text(self.tools.ledger.job_at(clip.root, clip.path.clone()).await?);
        let of = of_text(self.tools.ledger.job_of_file(clip.stamp).await?);
        let read = lone::read(lone, &self.tools.config());
        // An editor's new file under the old name is the same text, whatever was paid for.
        let open = at.as_ref().filter(|job| !job.is_ended() && !job.closing()).cloned();
        let admission = match open {
            Some(job) => Admission::Known(Box::new(job)),
            None => admission::judge(&clip.path, &clip.stamp, read.as_ref().ok(), at, of),
        };
        let other = |job: &Job| !is_meant(&job.work, lone.means) && !job.may_be_paid();
        let admission = match admission {
            Admission::Known(job) if other(&job) => {
                // It means something else by now: nothing of what it meant is done.
                self.tell(self.append(&job, vec![JobEvent::Cancelled]).await?).await;
                return Ok(Taken::Later);
            }
            Admission::Reopens(job) if other(&job) => Admission::New,
            admission => admission,
        };
        let (job, mut events) = match admission {
            Admission::Finished => return Ok(Taken::Yes),
            Admission::New if waits => return Ok(Taken::Later),
            Admission::New => return self.new_text(lone, clip, read).await,
            Admission::Known(job) => {
                let (order, wait) = self.asked_again(&job, lone, &read).await?;
                if self.heard(&job, &order).await {
                    return Ok(Taken::Yes);
                }
                let mut events = changes(&job, clip, order);
                events.extend(wait.filter(|_| !job.may_be_paid()));
                (job, events)
            }
            Admission::Reopens(job) => {
                let (order, wait) = self.asked_again(&job, lone, &read).await?;
                let wait = wait.filter(|_| !job.may_be_paid());
                (
                    job,
                    std::iter::once(JobEvent::Reopened { clip, order, work: None, content: None })
                        .chain(wait)
                        .collect(),
                )
            }
        };
        let failure = read.err().filter(|_| !job.may_be_paid());
        events.extend(failure.map(|failure| JobEvent::Failed { failure }));
        self.tell(self.append(&job, events).await?).await;
        Ok(Taken::Yes)
    }

    /// What a text asks for that was read once more, and why nothing of it is to be done.
    async fn asked_again(
        &self,
        job: &Job,
        lone: &LoneText,
        read: &Result<Order, Failure>,
    ) -> Result<(Order, Option<JobEvent>), LedgerError> {
        let Ok(order) = read.clone() else { return Ok((order::unreadable(Some(&lone.text)), None)) };
        let Some(base) = job.work.base() else { return Ok((order, None)) };
        let Some(over) = self.tools.ledger.job(base.over).await? else { return Ok((order, None)) };
        let mut told = self.tools.ledger.versions(base.root).await?;
        told.retain(|other| other.id != job.id && other.end == Some(End::Delivered));
        told.extend(self.tools.ledger.job(base.root).await?);
        let told: Vec<&Job> = told.iter().collect();
        let numbered = matches!(lone.means, Means::Version(_));
        let (order, known) = refine::order(order, base, (&over, &told), numbered);
        let film = over.delivered.as_ref().map(ToString::to_string).unwrap_or_default();
        let wait = known.then(|| JobEvent::Waits { failure: refine::nothing_new(&film), until: None });
        Ok((order, wait))
    }

    async fn new_text(
        &self,
        lone: &LoneText,
        clip: Clip,
        read: Result<Order, Failure>,
    ) -> Result<Taken, LedgerError> {
        let (mut open, mut film, ledger) = (Vec::new(), None, &self.tools.ledger);
        if lone::is_of_film(lone.means) {
            open = ledger.open_jobs().await?;
            film = ledger.film_line(clip.path.parent(), lone::film_of(&clip.path)).await?;
        }
        match lone::plan(lone, read, (&open, film)) {
            Plan::Nothing => Ok(Taken::Yes),
            Plan::Early => Ok(Taken::Early),
            Plan::Later => Ok(Taken::Later),
            Plan::Take(taken) => {
                let (work, read, wait) = *taken;
                self.admit(lone, (clip, work), read, wait).await
            }
        }
    }

    async fn admit(
        &self,
        lone: &LoneText,
        (clip, work): (Clip, Work),
        read: Result<Order, Failure>,
        wait: Option<Failure>,
    ) -> Result<Taken, LedgerError> {
        if self.is_away(&clip).await {
            return Ok(Taken::Yes);
        }
        let failure = read.as_ref().err().cloned();
        let order = read.unwrap_or_else(|_| order::unreadable(Some(&lone.text)));
        let mut events = vec![JobEvent::Admitted { clip, order, work, batch: None }];
        events.extend(failure.map(|failure| JobEvent::Failed { failure }));
        events.extend(wait.map(|failure| JobEvent::Waits { failure, until: None }));
        if let Some(job) = self.found(&lone.text.path, events.clone()).await? {
            tracing::info!(job = %job.id, text = %job.clip.path, "{} is taken: {}", job.clip.path, story::words(&job));
            self.tell(Some((job, events))).await;
        }
        Ok(Taken::Yes)
    }

    /// The texts among these that are taken up: as words of a job, as an answer to one, or left where they were when their
    /// job had ended. Asked only for those that a person would be told of.
    pub(super) async fn taken(&self, list: &[Withheld]) -> HashSet<RelPath> {
        let texts = || list.iter().filter(|held| held.what == What::Text);
        if texts().next().is_none() {
            return HashSet::new();
        }
        let mut taken = HashSet::new();
        for job in self.tools.ledger.open_jobs().await.unwrap_or_default() {
            taken.extend(job.replies.iter().filter_map(|reply| Some(reply.text.as_ref()?.path.clone())));
            taken.insert(job.clip.path);
        }
        let root = self.tools.folders.root();
        for held in texts().filter(|held| held.note_due && !taken.contains(&held.path)).collect::<Vec<_>>() {
            let job = self.tools.ledger.job_at(root, held.path.clone()).await.ok().flatten();
            let same = |job: &Job| held.stamp.is_some_and(|stamp| job.clip.stamp.same_but_numbers(&stamp));
            if job.is_some_and(|job| job.left && same(&job)) {
                taken.insert(held.path.clone());
            }
        }
        taken
    }

    /// An answer: to the question of the clip in whose name it is, where one waits.
    async fn answer(&self, lone: &LoneText) -> Result<Taken, LedgerError> {
        let text = &lone.text;
        // Headers alone, or an export, say nothing that could be sent.
        let Ok(order) = order::of_words(text, &self.tools.config()) else { return Ok(Taken::Yes) };
        let open = self.tools.ledger.open_jobs().await?;
        for job in lone::asked_by(&open, &text.path) {
            let Some(asking) = &job.asking else { continue };
            if asking.lying.is_some_and(|lying| lying.same_contents(&text.stamp)) {
                continue;
            }
            let reply = JobEvent::Replied {
                n: asking.n,
                words: order.messages.join("\n"),
                text: Some(order::reference(text)),
                sidecar: false,
                steps: Vec::new(),
            };
            self.wake(Wake::Says { job: job.id, event: Box::new(reply) }).await;
            break;
        }
        Ok(Taken::Yes)
    }

    /// Whether new words of a job's own text were taken as a consent, or as the answer to its question.
    pub(super) async fn heard(&self, job: &Job, order: &Order) -> bool {
        let said = consent(job, order).or_else(|| refine::reply(job, order));
        let Some(event) = said else { return false };
        self.wake(Wake::Says { job: job.id, event: Box::new(event) }).await;
        true
    }
}

/// Whether a job is what a text of that meaning makes.
const fn is_meant(work: &Work, means: Means) -> bool {
    match work {
        Work::Video => matches!(means, Means::Video),
        Work::Ask => matches!(means, Means::Ask),
        _ => !matches!(means, Means::Video | Means::Ask),
    }
}

/// Whether a job waits for an answer.
pub fn is_asked(job: &Job) -> bool {
    job.asking.is_some() && job.waiting.as_ref().is_some_and(|failure| failure.code == Code::Question)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inbox::Text;
    use crate::job::Stamp;

    #[test]
    fn earlier_versions_come_first() {
        let lone = |name: &str, means| LoneText {
            text: Text {
                path: RelPath::from_bytes(name.as_bytes()).unwrap(),
                stamp: Stamp { dev: 1, ino: 1, size: 1, mtime_ns: 1, ctime_ns: 1 },
                bytes: Vec::new(),
                over: None,
            },
            means,
        };
        let mut memory = Memory::default();
        let held = lone("talk.v3.txt", Means::Version(3));
        memory.texts.insert(held.text.path.clone(), held);
        for (name, means, waits) in [
            ("talk.v4.txt", Means::Version(4), true),
            ("talk.v10.txt", Means::Version(10), true),
            ("talk.v2.txt", Means::Version(2), false),
            ("talk.v3.txt", Means::Version(3), false),
            ("walk.v4.txt", Means::Version(4), false),
            ("sub/talk.v4.txt", Means::Version(4), false),
            ("talk.video.txt", Means::Video, false),
        ] {
            assert_eq!(memory.comes_after(&lone(name, means)), waits, "{name}");
        }
    }
}
