//! What a person asks from outside: go on, pay again, give up. The dispatcher decides, between two steps.

use std::time::Duration;

use tokio::sync::mpsc;

use super::dispatcher::Dispatcher;
use super::folders::{Place, blocking};
use super::{Wake, order, steps};
use crate::job::{Code, End, Failure, Fate, Job, JobEvent, JobId, Phase, Step};
use crate::ledger::{Answer, Ask, Ledger, LedgerError, Request};
use crate::outbox::{self, Back};

/// How often the ledger is asked for requests: nobody who asks is in a hurry, and a sleeping daemon should sleep.
const PERIOD: Duration = Duration::from_secs(1);

/// Brings every new request to the dispatcher.
pub async fn watch_requests(ledger: Ledger, wakes: mpsc::Sender<Wake>) {
    let mut told = 0;
    loop {
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
        tokio::time::sleep(PERIOD).await;
    }
}

type Said = Result<String, String>;

impl Dispatcher {
    /// Does what is asked, as far as it can be done now, and answers.
    pub(super) async fn asked(&mut self, request: Request) -> Result<(), LedgerError> {
        let job = self.tools.ledger.job(request.job).await?;
        let said = match (job, request.ask) {
            (None, _) => Err(format!("there is no job {}: `dakbox jobs` lists those there are", request.job)),
            (Some(job), Ask::Cancel) => self.cancel(&job).await?,
            (Some(job), Ask::Retry { again }) => self.retry(&job, again).await?,
        };
        let (done, text) = match said {
            Ok(text) => (true, text),
            Err(text) => (false, text),
        };
        tracing::info!(job = %request.job, done, "asked from outside: {text}");
        self.tools.ledger.answer(request.id, Answer { done, text }).await
    }

    async fn cancel(&mut self, job: &Job) -> Result<Said, LedgerError> {
        let clip = &job.clip.path;
        if job.is_ended() || job.closing() {
            return Ok(Err(format!("{clip} is {} already", job.state())));
        }
        match self.running.get(&job.id) {
            Some((Step::Instruct(_), _)) => {
                return Ok(Err(format!(
                    "the words for {clip} are with the service at this moment, and to hang up would waste what is \
                     paid for; try again when it has answered"
                )));
            }
            Some((Step::Deliver, _)) => return Ok(Err(format!("{clip} is being delivered at this moment"))),
            Some((_, handle)) => handle.abort(),
            None => {}
        }
        let failure = Failure::new(
            Code::Cancelled,
            "a person gave it up",
            "Put the clip and its text into the inbox again to have it go on.",
        );
        if !self.commit(job.id, JobEvent::Withdrawn { failure }).await? {
            return Ok(Err(format!("{clip} can't be cancelled as it stands; try again in a moment")));
        }
        Ok(Ok(format!("{clip} is cancelled; its files go to the folder for failed clips")))
    }

    async fn retry(&mut self, job: &Job, again: bool) -> Result<Said, LedgerError> {
        let clip = &job.clip.path;
        match &job.end {
            Some(End::Failed(_)) if job.is_ended() => return self.put_back(job).await,
            Some(End::Cancelled) if job.is_ended() && job.withdrawn.is_some() => {
                return self.put_back(job).await;
            }
            Some(End::Delivered) => {
                return Ok(Err(format!(
                    "{clip} is delivered; to have it worked anew, drop it with `Again: yes` in its text"
                )));
            }
            Some(_) => return Ok(Err(format!("{clip} is {}", job.state()))),
            None => {}
        }
        if self.running.contains_key(&job.id) {
            return Ok(Err(format!("{clip} is in work")));
        }
        self.relooks.remove(&job.id);
        if again && let Some(n) = in_doubt(job) {
            let consent = JobEvent::Consent { n, again: job.again(n) + 1, text: None };
            if self.commit(job.id, consent).await? {
                return Ok(Ok(format!("the words for {clip} are sent once more, and may be paid for again")));
            }
            return Ok(Err(format!("{clip} has moved on meanwhile")));
        }
        self.commit(job.id, JobEvent::GoesOn).await?;
        let more = match (again, in_doubt(job)) {
            (false, Some(_)) => {
                "; what may have been paid for is only looked at (`--again` pays for it once more)"
            }
            (true, None) => "; nothing of it is in doubt, so nothing is paid again",
            _ => "",
        };
        Ok(Ok(format!("{clip} is looked at again{more}")))
    }

    /// Records one event of a person's; whether it could happen.
    async fn commit(&mut self, id: JobId, event: JobEvent) -> Result<bool, LedgerError> {
        let before = self.tools.ledger.job(id).await?.map_or(0, |job| job.seq);
        self.record(id, vec![event]).await?;
        Ok(self.tools.ledger.job(id).await?.is_some_and(|job| job.seq > before))
    }

    /// Moves a failed clip and its text back into the inbox, where they go on as if a person had put them there.
    async fn put_back(&mut self, job: &Job) -> Result<Said, LedgerError> {
        let tools = &self.tools;
        let (Ok(inbox), Ok(store)) =
            (tools.folders.open(Place::Inbox).await, tools.folders.open(Place::Failed).await)
        else {
            return Ok(Err("the folders can't be opened now".to_owned()));
        };
        let (job, clip) = (job.clone(), job.clip.path.clone());
        let moved = blocking(move || {
            let items = steps::tidy::bound(&job);
            let title = outbox::Title::new(job.clip.path.stem(), order::NAME_MAX);
            outbox::give_back(&inbox, &items, &store, (&title, outbox::Note::Error))
        });
        Ok(match moved.await {
            Ok(Back::Given) => {
                Ok(format!("{clip} is back in the inbox, and goes on when it has settled there"))
            }
            Ok(Back::Taken(path)) => Err(format!("{path} lies in the inbox already, so nothing is put back")),
            Ok(Back::Alike(path)) => Err(format!(
                "{path} in the folder of failed clips may be this clip, but nothing proves it; put it and its text \
                 back into the inbox by hand"
            )),
            Ok(Back::Missing) => {
                Err(format!("{clip} is not in the folder of failed clips any more; drop it again"))
            }
            Err(error) => Err(format!("{clip} can't be put back: {error}")),
        })
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
