//! What a person asks from outside: go on, pay again, give up. The dispatcher decides, between two steps.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::{Notify, mpsc};

use super::claim::Claim;
use super::dispatcher::Dispatcher;
use super::folders::Folders;
use super::{Wake, order, steps};
use crate::job::{Code, End, Failure, Fate, Job, JobEvent, JobId, Phase, Step};
use crate::ledger::{Answer, Ask, Ledger, LedgerError, Request};
use crate::outbox::{self, Back};

/// How often it is looked whether the ledger may have a request: nobody who asks is in a hurry, and a sleeping daemon should
/// sleep.
const PERIOD: Duration = Duration::from_secs(1);

/// Brings every new request to the dispatcher, and says whenever the ledger was written.
pub async fn watch_requests(ledger: Ledger, wakes: mpsc::Sender<Wake>, written: Arc<Notify>) {
    let mut changes = ledger.changes(PERIOD);
    let mut told = 0;
    loop {
        // Where no thread looks.
        if changes.recv().await.is_none() {
            tokio::time::sleep(PERIOD).await;
        }
        written.notify_one();
        match ledger.requests().await {
            Ok(open) => {
                let new: Vec<_> = open.into_iter().filter(|request| request.id > told).collect();
                for request in new {
                    told = request.id;
                    let _ = wakes.send(Wake::Asked(request)).await;
                }
            }
            Err(LedgerError::Closed) => return,
            Err(error) => tracing::warn!(%error, "requests can't be read"),
        }
    }
}

/// What is answered, and when.
enum Said {
    Now(Result<String, String>),
    /// When it is done: until then the request stays in the ledger.
    Later,
}

/// One clip is put back at a time: two at once would take each other's files for their own.
static TURN: Mutex<()> = Mutex::new(());

impl Dispatcher {
    /// Does what is asked, as far as it can be done now, and answers.
    pub(super) async fn asked(&mut self, request: Request) -> Result<(), LedgerError> {
        // It may have been answered while this word of it was on its way: nobody is asked to pay twice.
        if !self.tools.ledger.requests().await?.iter().any(|open| open.id == request.id) {
            return Ok(());
        }
        let job = self.tools.ledger.job(request.job).await?;
        let said = match (job, request.ask) {
            (None, _) => Said::Now(Err(format!(
                "there is no job {}: `dakbox jobs` lists those there are",
                request.job
            ))),
            (Some(job), Ask::Cancel) => self.cancel(&job).await?,
            (Some(job), Ask::Retry { again }) => self.retry(&job, again, request.id).await?,
        };
        match said {
            Said::Now(said) => answer(&self.tools.ledger, request.id, request.job, said).await,
            Said::Later => Ok(()),
        }
    }

    /// A wait that was being looked at when a person asked: now is the moment.
    pub(super) async fn asked_meanwhile(&mut self, claim: &Claim) -> Result<(), LedgerError> {
        if claim.job().phase != Phase::Waiting {
            return Ok(());
        }
        for request in self.tools.ledger.requests().await? {
            if request.job == claim.id() {
                Box::pin(self.asked(request)).await?;
            }
        }
        Ok(())
    }

    async fn cancel(&mut self, job: &Job) -> Result<Said, LedgerError> {
        let clip = job.dropped();
        if job.is_ended() || job.closing() {
            return Ok(refused(format!("{clip} is {} already", job.state())));
        }
        match self.running.get(&job.id) {
            Some((Step::Instruct(_), _)) => {
                return Ok(refused(format!(
                    "the words for {clip} are with the service at this moment, and to hang up would waste what is \
                     paid for; try again when it has answered"
                )));
            }
            Some((Step::Deliver, _)) => {
                return Ok(refused(format!("{clip} is being delivered at this moment")));
            }
            Some((_, handle)) => handle.abort(),
            None => {}
        }
        let failure = Failure::new(
            Code::Cancelled,
            "a person gave it up",
            "Put the clip and its text into the inbox again to have it go on.",
        );
        if !self.commit(job.id, JobEvent::Withdrawn { failure }).await? {
            return Ok(refused(format!("{clip} can't be cancelled as it stands; try again in a moment")));
        }
        Ok(said(format!("{clip} is cancelled; its files go to the folder for failed clips")))
    }

    async fn retry(&mut self, job: &Job, again: bool, request: i64) -> Result<Said, LedgerError> {
        let clip = job.dropped();
        match &job.end {
            Some(End::Failed(_)) if job.is_ended() => return Ok(self.put_back(job, request)),
            Some(End::Cancelled) if job.is_ended() && job.withdrawn.is_some() => {
                return Ok(self.put_back(job, request));
            }
            Some(End::Delivered) => {
                return Ok(refused(format!(
                    "{clip} is delivered; to have it worked anew, drop it with `Again: yes` in its text"
                )));
            }
            // An answer that could not be given yet.
            Some(End::Answered) if !job.is_ended() => {}
            Some(_) => return Ok(refused(format!("{clip} is {}", job.state()))),
            None => {}
        }
        if self.running.contains_key(&job.id) {
            // At a start every wait that is over is looked at before anybody can ask.
            if job.phase == Phase::Waiting {
                return Ok(Said::Later);
            }
            return Ok(refused(format!("{clip} is in work")));
        }
        self.relooks.remove(&job.id);
        if again && let Some(n) = in_doubt(job) {
            let consent = JobEvent::Consent { n, again: job.again(n) + 1, text: None };
            if self.commit(job.id, consent).await? {
                return Ok(said(format!(
                    "the words for {clip} are sent once more, and may be paid for again"
                )));
            }
            return Ok(refused(format!("{clip} has moved on meanwhile")));
        }
        self.commit(job.id, JobEvent::GoesOn).await?;
        let more = match (again, in_doubt(job)) {
            (false, Some(_)) => {
                "; what may have been paid for is only looked at (`--again` pays for it once more)"
            }
            (true, None) => "; nothing of it is in doubt, so nothing is paid again",
            _ => "",
        };
        Ok(said(format!("{clip} is looked at again{more}")))
    }

    /// Records what a text says. Where the job has moved on meanwhile, the text is looked at once more for what it is then.
    pub(super) async fn say(&mut self, id: JobId, event: JobEvent) -> Result<(), LedgerError> {
        if !self.commit(id, event.clone()).await? {
            self.unheard(id, &event);
        }
        Ok(())
    }

    /// Has the text that says so reported anew.
    pub(super) fn unheard(&self, id: JobId, event: &JobEvent) {
        let path = match event {
            JobEvent::Replied { text: Some(text), sidecar: false, .. } => Some(&text.path),
            _ => self.jobs.get(&id).map(|job| &job.clip.path),
        };
        if let Some(path) = path {
            self.tools.inbox.report_anew(path);
        }
    }

    /// Records one event of a person's; whether it could happen.
    async fn commit(&mut self, id: JobId, event: JobEvent) -> Result<bool, LedgerError> {
        let before = self.tools.ledger.job(id).await?.map_or(0, |job| job.seq);
        self.record(id, vec![event]).await?;
        Ok(self.tools.ledger.job(id).await?.is_some_and(|job| job.seq > before))
    }

    /// Moves a failed clip and its text back into the inbox, where they go on as if a person had put them there. On a
    /// thread of its own, which answers: a share that hangs must hold nobody else's work.
    fn put_back(&self, job: &Job, request: i64) -> Said {
        let (folders, ledger, job) = (self.tools.folders.clone(), self.tools.ledger.clone(), job.clone());
        let runtime = Handle::current();
        drop(tokio::task::spawn_blocking(move || {
            let said = back(&folders, &job);
            // A ledger that fails here fails at the dispatcher as well, which ends for it.
            let _ = runtime.block_on(answer(&ledger, request, job.id, said));
        }));
        Said::Later
    }
}

async fn answer(
    ledger: &Ledger,
    request: i64,
    job: JobId,
    said: Result<String, String>,
) -> Result<(), LedgerError> {
    let (done, text) = match said {
        Ok(text) => (true, text),
        Err(text) => (false, text),
    };
    tracing::info!(job = %job, done, "asked from outside: {text}");
    ledger.answer(request, Answer { done, text }).await
}

const fn said(text: String) -> Said {
    Said::Now(Ok(text))
}

const fn refused(text: String) -> Said {
    Said::Now(Err(text))
}

fn back(folders: &Folders, job: &Job) -> Result<String, String> {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let (Ok(inbox), Ok(store)) = (folders.inbox(), folders.failed()) else {
        return Err("the folders can't be opened now".to_owned());
    };
    let clip = job.dropped();
    let title = outbox::Title::new(job.stem(), order::NAME_MAX);
    let note = (&title, outbox::Note::Error);
    match outbox::give_back(&inbox, &steps::tidy::bound(job), &store, note) {
        Ok(Back::Given) if job.work.project().is_some() => {
            let note = order::error_note_of(job);
            // One that stays says nothing wrong for long: the next note of that name replaces it.
            let _ = note.map(|note| outbox::notes::clear(&store, &note));
            Ok(format!("{clip} is back in the inbox, and goes on when it has settled there"))
        }
        Ok(Back::Given) => Ok(format!("{clip} is back in the inbox, and goes on when it has settled there")),
        Ok(Back::Taken(path)) => Err(format!("{path} lies in the inbox already, so nothing is put back")),
        Ok(Back::Alike(path)) => Err(format!(
            "{path} in the folder of failed clips may be this clip, but nothing proves it; put it and its text back \
             into the inbox by hand"
        )),
        Ok(Back::Missing) => {
            Err(format!("{clip} is not in the folder of failed clips any more; drop it again"))
        }
        Err(error) => Err(format!("{clip} can't be put back: {error}")),
    }
}

/// The message that may have been paid for, or that was sent for another drop of the same clip: only a person's word
/// sends it again.
fn in_doubt(job: &Job) -> Option<u16> {
    let (Step::Observe(n) | Step::Instruct(n)) = job.step else { return None };
    let doubt = job.message(n).is_some_and(|m| matches!(m.fate, Fate::Open | Fate::Ended(_)));
    let same = job.code() == Some(Code::SameAgain);
    (job.phase == Phase::Waiting && (doubt || same)).then_some(n)
}
