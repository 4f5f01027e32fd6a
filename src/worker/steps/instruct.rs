//! The message: bound words, a baseline, the intent on disk, and only then the first byte.

use crate::api::{ApiError, Call, Delivery, ErrorKind, MessageEnd};
use crate::crash;
use crate::inbox::{self, AloneNow, WordsNow};
use crate::job::{Balance, Code, Failure, JobEvent, Past, SessionId, StreamEnd, Upload, WordsFrom};
use crate::ledger::LedgerError;
use crate::timeline::Reading;
use crate::worker::Tools;
use crate::worker::batches;
use crate::worker::budget;
use crate::worker::claim::Claim;
use crate::worker::folders::{Place, blocking};
use crate::worker::gate::{self, Pass, Try};
use crate::worker::steps::{room, same, wordless};
use crate::worker::stop::Stop;
use crate::worker::{order, state};

/// How often, within a wait's recheck, it is looked whether another message is over.
const TURNS: u32 = 30;

/// Sends message `n`. What it returns is what is known of it; what it does not return is observed.
pub(crate) async fn run(tools: &Tools, claim: &mut Claim, n: u16) -> Result<Vec<JobEvent>, Stop> {
    let session = claim.session()?;
    let Some(text) = claim.job().order.messages.get(usize::from(n)).cloned() else { return Err(Stop::Stale) };
    if let Some(same) = same::find(tools, claim, n).await? {
        return Ok(vec![same]);
    }
    room::check(tools, claim).await?;
    not_taken_over(tools, claim).await?;
    wordless::check(tools, claim).await?;
    let _kept = budget::keep(tools, claim).await?;
    let (credits, trial) = credits(tools, claim).await?;
    let baseline = baseline(tools, claim, &session, n).await?;
    if !claim.job().may_be_paid() {
        still_meant(tools, claim).await?;
    }
    if claim.job().past == Past::Doubtful {
        // The state, and then a person, tell what became of it.
        intend(tools, claim, n, &baseline, credits).await?;
        let intent = claim.job().message(n).map_or(0, |m| m.intent);
        let why = "the ledger is an old copy, and this message may have been sent after it was made";
        return Ok(vec![lost(n, intent, why.to_owned())]);
    }
    if !crash::is_intent_late() {
        intend(tools, claim, n, &baseline, credits).await?;
    }
    let sent = tools.say(claim.id(), &session, &text).await;
    if sent.as_ref().is_ok_and(|end| end.error.is_none()) {
        // A balance that can't be read tells nothing of the next message.
        if credits.is_some() { tools.gate.accepted() } else { tools.gate.open() }
    }
    drop(trial);
    if crash::is_intent_late() {
        intend(tools, claim, n, &baseline, credits).await?;
    }
    let intent = claim.job().message(n).map_or(0, |m| m.intent);
    match sent {
        Ok(end) => Ok(vec![answered(n, intent, end)]),
        Err(error) if error.delivery == Delivery::Unknown => Ok(vec![lost(n, intent, error.to_string())]),
        Err(error) if error.delivery == Delivery::Refused && !error.session_lost() => {
            Ok(vec![denied(tools, (n, intent), claim.job().attempts, &error)])
        }
        Err(error) => {
            // It never left, or there is no session it could have been taken in.
            claim.commit(&tools.ledger, JobEvent::Refused { n, intent }).await?;
            Err(error.into())
        }
    }
}

/// The project of a film holds a later clip of its batch by now: new words for the film would be done to that one.
async fn not_taken_over(tools: &Tools, claim: &Claim) -> Result<(), Stop> {
    let Some(base) = claim.job().work.base() else { return Ok(()) };
    match batches::taken_by(tools, base.root).await? {
        Some(other) => Err(Stop::failed(Failure::new(
            Code::ProjectMovedOn,
            format!("the project of {} was used for {} since", base.film, other.clip.path),
            "Drop a copy of the clip, with all the words for it.",
        ))),
        None => Ok(()),
    }
}

/// The account's credits before the message. Where it is known that there are none, nothing is sent; where there may
/// be some again, one message at a time tries it.
async fn credits<'a>(tools: &'a Tools, claim: &Claim) -> Result<(Option<Balance>, Option<Try<'a>>), Stop> {
    let trial = match tools.gate.pass(tools.config().jobs.waiting_recheck / 2) {
        Pass::Free => None,
        Pass::Try(trial) => Some(trial),
        Pass::Turn(failure) => {
            let wait = tools.config().jobs.waiting_recheck / TURNS;
            return Err(Stop::Held { wait, failure });
        }
        Pass::Held(why) => return Err(Stop::failed(why)),
    };
    let credits = match tools.credits().await {
        Ok(credits) => credits,
        Err(error)
            if error.token_refused()
                || error.kind == ErrorKind::Held
                || (trial.is_some() && error.is_fault()) =>
        {
            return Err(error.into());
        }
        // The balance is a line in a report: a message is not held for it. Where it can't be read at all, the message
        // itself finds out.
        Err(_) => return Ok((None, trial)),
    };
    if trial.is_some() && credits.available <= 0.0 {
        tools.gate.found_empty();
        let old = claim.job().waiting.clone().filter(|f| f.code == Code::NoCredits);
        return Err(Stop::failed(old.or_else(|| tools.gate.closed()).unwrap_or_else(gate::no_credits)));
    }
    tools.gate.read(credits.available, tools.config().jobs.concurrency);
    Ok((Some(credits), trial))
}

/// The state before the message: two equal readings, or one where the upload said that it is in the state.
async fn baseline(tools: &Tools, claim: &Claim, session: &SessionId, n: u16) -> Result<Reading, Stop> {
    let applied =
        n == 0 && claim.job().upload == Upload::Done { applied: true } && claim.job().messages.is_empty();
    if applied {
        tools.read_state(session).await
    } else {
        state::settled(tools, session, tools.config().api.state_interval).await
    }
}

/// The clip and its words are those the job was made of: this binds them.
async fn still_meant(tools: &Tools, claim: &Claim) -> Result<(), Stop> {
    let inbox = tools.folders.open(Place::Inbox).await?;
    let (clip, ignore) = (claim.job().clip.clone(), tools.config().watch.ignore.clone());
    let look = move || {
        let now = inbox.stat(&clip.path)?.map(|entry| entry.stamp.same_contents(&clip.stamp));
        let words =
            if now == Some(true) { Some(inbox::words_now(&inbox, &clip.path, &ignore)?) } else { None };
        Ok((now, words))
    };
    if claim.job().work.is_text() {
        return text_still_meant(tools, claim).await;
    }
    if claim.job().work.project().is_some() {
        return project_still_meant(tools, claim).await;
    }
    match blocking(look).await.map_err(|e| Stop::local("reading the clip's words", &e))? {
        (None, _) => Err(tools.folders.vanished(&claim.job().clip.path).await),
        (_, Some(WordsNow::Held { code: code @ (Code::Unreadable | Code::NotSafe), detail })) => {
            Err(Stop::failed(Failure::new(code, detail, "It is looked at again by itself.")))
        }
        (_, Some(words)) if order::is_still(&claim.job().order, &words, &tools.config()) => Ok(()),
        _ => Err(Stop::Unsettled),
    }
}

/// The same for a text that was dropped alone: no clip claims it by now, and it says what it said.
async fn text_still_meant(tools: &Tools, claim: &Claim) -> Result<(), Stop> {
    let inbox = tools.folders.open(Place::Inbox).await?;
    let (path, ignore) = (claim.job().clip.path.clone(), tools.config().watch.ignore.clone());
    let look = move || inbox::alone_now(&inbox, &path, &ignore);
    match blocking(look).await.map_err(|e| Stop::local("reading the text", &e))? {
        AloneNow::Missing => Err(tools.folders.vanished(&claim.job().clip.path).await),
        // A clip of its name came: it is that one's text, and was never this job's.
        AloneNow::Claimed => Err(Stop::Vanished),
        AloneNow::Held(code, detail) => {
            Err(Stop::failed(Failure::new(code, detail, "It is looked at again by itself.")))
        }
        AloneNow::Alone(text) => match &claim.job().order.from {
            WordsFrom::Sidecar(bound) if order::reference(&text).hash == bound.hash => Ok(()),
            _ => Err(Stop::Unsettled),
        },
    }
}

/// The same for a project: its text says what it said, and its folder holds the media that went up and no others.
async fn project_still_meant(tools: &Tools, claim: &Claim) -> Result<(), Stop> {
    let inbox = tools.folders.open(Place::Inbox).await?;
    let (job, ignore) = (claim.job().clone(), tools.config().watch.ignore.clone());
    let look = move || {
        let (Some(project), WordsFrom::Sidecar(text)) = (job.work.project(), &job.order.from) else {
            return Ok(Some(false));
        };
        if inbox.stat(&text.path)?.is_none() {
            return Ok(None);
        }
        let media = inbox::project_now(&inbox, &project.folder, &ignore)?;
        let mut same = media.iter().eq(project.parts.iter().map(|part| &part.path));
        for part in &project.parts {
            same &= inbox.stat(&part.path)?.is_some_and(|entry| entry.stamp.same_contents(&part.stamp));
        }
        let words = inbox::read_text(&inbox, &text.path).map_err(|e| std::io::Error::other(e.to_string()))?;
        Ok(Some(same && order::reference(&words).hash == text.hash))
    };
    match blocking(look).await.map_err(|e| Stop::local("looking at the project's folder", &e))? {
        None => Err(tools.folders.vanished(&claim.job().clip.path).await),
        Some(true) => Ok(()),
        Some(false) => Err(Stop::Unsettled),
    }
}

/// The line: the intent is on disk, and counted in the root's mark, when this returns.
async fn intend(
    tools: &Tools,
    claim: &mut Claim,
    n: u16,
    baseline: &Reading,
    credits: Option<Balance>,
) -> Result<(), Stop> {
    let folders = tools.folders.clone();
    let paused = blocking(move || Ok(folders.paused())).await.unwrap_or(true);
    if tools.stops.drain.is_cancelled() || paused {
        return Err(Stop::Halted);
    }
    if let Some(held) = tools.service.held(Call::Message) {
        return Err(held.into());
    }
    let baseline = serde_json::to_string(baseline).map_err(|e| Stop::local("noting the state", &e.into()))?;
    loop {
        let (key, again) = (claim.job().key(n).ok_or(Stop::Stale)?, claim.job().again(n));
        let intent = JobEvent::Intent { n, again, key, baseline: baseline.clone(), credits };
        match claim.try_commit(&tools.ledger, intent).await {
            Ok(()) => break,
            Err(LedgerError::KeyTaken { .. }) if claim.job().order.again => consent(tools, claim, n).await?,
            Err(LedgerError::KeyTaken { by }) => return Err(same::meanwhile(tools, claim, (n, by)).await?),
            Err(error) => return Err(error.into()),
        }
    }
    let count = tools.ledger.intents().await?;
    if let Err(stop) = tools.folders.count(count).await {
        // Nothing left: the intent is taken back, and the job waits for its folder.
        let intent = claim.job().message(n).map_or(0, |m| m.intent);
        claim.commit(&tools.ledger, JobEvent::Refused { n, intent }).await?;
        return Err(stop);
    }
    Ok(())
}

/// The same message was sent before, and the text says `Again: yes`: it is used up by letting this one out.
async fn consent(tools: &Tools, claim: &mut Claim, n: u16) -> Result<(), Stop> {
    let again = claim.job().again(n) + 1;
    // Counts that other drops of the same clip have used are passed over; the text consents once.
    let text = claim.job().order.from.text().filter(|_| again == 1).cloned();
    claim.commit(&tools.ledger, JobEvent::Consent { n, again, text }).await
}

fn answered(n: u16, intent: u32, end: MessageEnd) -> JobEvent {
    JobEvent::Answered { n, intent, words: end.words.clone(), end: end.into() }
}

/// Nothing that was heard tells what became of it.
fn lost(n: u16, intent: u32, why: String) -> JobEvent {
    JobEvent::Answered { n, intent, end: StreamEnd::Broken(why), words: String::new() }
}

/// The service says that it did not accept the message: the state will show whether that is so.
fn denied(tools: &Tools, (n, intent): (u16, u32), attempts: u32, error: &ApiError) -> JobEvent {
    let mut failure = error.failure();
    if failure.code == Code::NoCredits {
        tools.gate.close(&failure);
    }
    if error.token_refused() && attempts > 0 {
        // A new token was tried already, and it did not help.
        failure = failure.waiting();
    }
    let retry_after_ms = error.retry_after.map(|time| u64::try_from(time.as_millis()).unwrap_or(u64::MAX));
    let end = StreamEnd::Denied { failure, retry_after_ms };
    JobEvent::Answered { n, intent, end, words: String::new() }
}
