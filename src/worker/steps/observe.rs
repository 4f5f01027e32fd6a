//! After a message: the state is read until it tells what became of it. Nothing is ever sent again here.

use std::time::Duration;

use crate::config::OnQuestion;
use crate::inbox::{Means, by_name};
use crate::job::{Code, Failure, Fate, Job, JobEvent, Stamp, StreamEnd, folded};
use crate::timeline::Reading;
use crate::words::{asks, clip_gone, question, without_screen};
use crate::worker::Tools;
use crate::worker::claim::Claim;
use crate::worker::folders::{Place, blocking};
use crate::worker::is_asked;
use crate::worker::order;
use crate::worker::state::{self, Pace, Seen};
use crate::worker::stop::Stop;

/// Unchanged readings after which a fate counts as unknown.
const ENOUGH: u32 = 5;

/// Unchanged readings by which a refusal is believed. One alone is read in the moment of the answer: what the service does
/// with a message that it took all the same does not show yet.
const BELIEVED: u32 = 2;

/// Finds out what became of message `n`.
pub(crate) async fn run(tools: &Tools, claim: &mut Claim, n: u16) -> Result<Vec<JobEvent>, Stop> {
    let session = claim.session()?;
    let Some(message) = claim.job().message(n).cloned() else { return Err(Stop::Stale) };
    let words = said(tools, claim, message.intent).await?;
    let recorded = tools.ledger.event(claim.id(), message.intent).await?;
    let JobEvent::Intent { baseline, .. } = recorded.event else { return Err(Stop::Stale) };
    let baseline: Reading =
        serde_json::from_str(&baseline).map_err(|e| Stop::local("reading the noted state", &e.into()))?;
    let pace = pace(tools, claim, &message.fate, &words);
    match state::fate(tools, &session, &baseline, pace).await? {
        Seen::Changed(reading) if reading.ready() => {
            let credits = tools.credits().await.ok();
            let reading =
                serde_json::to_string(&reading).map_err(|e| Stop::local("noting the state", &e.into()))?;
            tools.gate.accepted();
            if let Some(balance) = credits {
                tools.gate.read(balance.available, tools.config().jobs.concurrency);
            }
            Ok(vec![JobEvent::Observed { n, intent: message.intent, reading, credits }])
        }
        Seen::Changed(_) => Err(parked(tools, claim, not_ready()).await),
        Seen::Unchanged => match &message.fate {
            Fate::Ended(StreamEnd::Denied { failure, retry_after_ms }) => {
                claim.commit(&tools.ledger, JobEvent::Refused { n, intent: message.intent }).await?;
                // The account's own hold has waited for that long already.
                let asked = retry_after_ms.filter(|_| failure.code != Code::RateLimited);
                let retry_after = asked.map(Duration::from_millis);
                Err(Stop::Failed { failure: failure.clone(), retry_after })
            }
            fate => {
                let failure = unchanged(fate, &words);
                if failure.code == Code::Question
                    && let Some(events) = asked(tools, claim, (n, message.intent)).await?
                {
                    return Ok(events);
                }
                if given_up(tools, claim).await {
                    let failure = Failure::new(
                        Code::Cancelled,
                        "its clip was taken out of the inbox while it waited",
                        "Put the clip and its text into the inbox again to have it go on.",
                    )
                    .finding(clip_gone());
                    return Ok(vec![JobEvent::Withdrawn { failure }]);
                }
                Err(parked(tools, claim, failure).await)
            }
        },
    }
}

/// Whether a clip about which the service asks was taken out of the inbox, as its note says: not there at this look nor at the
/// one before, so that one that is only being renamed is known under its new name by then. What may have been carried out
/// is waited for whether its clip is there or not.
async fn given_up(tools: &Tools, claim: &Claim) -> bool {
    let job = claim.job();
    if !is_asked(job) {
        return false;
    }
    let is_gone = match tools.folders.open(Place::Inbox).await {
        Ok(inbox) => {
            let path = job.dropped().clone();
            let missing = blocking(move || Ok(inbox.stat(&path)?.is_none())).await;
            // A share that is away took nothing out.
            matches!(missing, Ok(true))
                && matches!(tools.folders.vanished(&job.clip.path).await, Stop::Vanished)
        }
        Err(_) => false,
    };
    tools.missed.twice(job.id, is_gone)
}

/// The service asks: answered by the settings where they say so, and no question of this job was answered before.
/// Else it is noted which answer lies there already: that one was meant for something else.
async fn asked(
    tools: &Tools,
    claim: &mut Claim,
    (n, intent): (u16, u32),
) -> Result<Option<Vec<JobEvent>>, Stop> {
    if claim.job().asking.as_ref().is_none_or(|asking| asking.n != n) {
        let lying = lying(tools, claim).await;
        claim.commit(&tools.ledger, JobEvent::Asked { n, intent, lying }).await?;
    }
    // Also where a stop came between the two, or the settings are others by now.
    let config = tools.config();
    let instructions = &config.instructions;
    if instructions.on_question != OnQuestion::Proceed || !claim.job().replies.is_empty() {
        return Ok(None);
    }
    let words = instructions.proceed_words.clone();
    Ok(Some(vec![JobEvent::Replied { n, words, text: None, sidecar: false, steps: Vec::new() }]))
}

/// The state of an answer's file that lies beside the clip before its question was told.
async fn lying(tools: &Tools, claim: &Claim) -> Option<Stamp> {
    let inbox = tools.folders.open(Place::Inbox).await.ok()?;
    let (job, home) = (claim.job(), claim.job().home());
    let names = [job.stem().to_vec(), job.dropped().name().to_vec(), order::title(job).stem().to_vec()];
    let look = move || {
        for (file, _) in inbox.list(&home)? {
            let Some(path) = home.join(&file) else { continue };
            let is_ours = |name: &[u8]| names.iter().any(|own| folded(own) == name);
            let is_text = file.to_ascii_lowercase().ends_with(b".txt");
            if is_text
                && matches!(by_name(&path), Some((Means::Answer, name)) if is_ours(&name))
                && let Some(entry) = inbox.stat(&path)?
            {
                return Ok(Some(entry.stamp));
            }
        }
        Ok(None)
    };
    blocking(look).await.ok().flatten()
}

/// What the service said to the message with that intent, as far as it was heard.
async fn said(tools: &Tools, claim: &Claim, intent_of: u32) -> Result<String, Stop> {
    let events = tools.ledger.events(claim.id()).await?;
    Ok(events
        .into_iter()
        .rev()
        .find_map(|recorded| match recorded.event {
            JobEvent::Answered { intent, words, .. } if intent == intent_of => Some(words),
            _ => None,
        })
        .unwrap_or_default())
}

fn is_decided(job: &Job) -> bool {
    let decided = [Code::UnknownFate, Code::NothingChanged, Code::Question];
    job.waiting.as_ref().is_some_and(|failure| decided.contains(&failure.code))
}

fn pace(tools: &Tools, claim: &Claim, fate: &Fate, words: &str) -> Pace {
    let api = &tools.config().api;
    // What was decided once is only looked at again; a wait for the service to come back decided nothing.
    let looked_before = is_decided(claim.job());
    let (first, interval) = match fate {
        Fate::Ended(StreamEnd::Clean | StreamEnd::Error(_) | StreamEnd::Denied { .. }) => {
            (Duration::ZERO, api.state_interval)
        }
        _ => (api.recovery_interval / 2, api.recovery_interval),
    };
    let sure = matches!(fate, Fate::Ended(StreamEnd::Error(_)))
        || (matches!(fate, Fate::Ended(StreamEnd::Clean)) && asks(words));
    let first = if looked_before { Duration::ZERO } else { first };
    let unchanged = match fate {
        Fate::Ended(StreamEnd::Denied { .. }) => BELIEVED,
        _ if sure || looked_before => 2,
        _ => ENOUGH,
    };
    Pace { first, interval, unchanged }
}

fn unchanged(fate: &Fate, words: &str) -> Failure {
    match fate {
        Fate::Ended(StreamEnd::Clean) if asks(words) => Failure::new(
            Code::Question,
            format!("the service asks: {}", without_screen(question(words).unwrap_or_default())),
            "Answer with a text beside the clip, named like it with .answer.txt, or in the project by its link.",
        )
        .about(question(words).unwrap_or_default()),
        Fate::Ended(StreamEnd::Clean) if words.trim().is_empty() => Failure::new(
            Code::UnknownFate,
            "the service ended without a word, and the project shows no change",
            "It may have been paid for, so it is never sent again by itself.",
        ),
        Fate::Ended(StreamEnd::Clean) => Failure::new(
            Code::NothingChanged,
            format!("the service changed nothing and said: {}", without_screen(words.trim())),
            "Say more exactly what is wanted, in a new text.",
        )
        .about(words.trim()),
        Fate::Ended(StreamEnd::Error(error)) => Failure::new(
            Code::NothingChanged,
            format!("the service broke off and changed nothing: {error}"),
            "Whether credits were spent can be seen in the account.",
        ),
        Fate::Ended(StreamEnd::Broken(reason)) => Failure::new(
            Code::UnknownFate,
            format!("no answer tells what became of it, and the project shows no change: {reason}"),
            "It may have been paid for, so it is never sent again by itself.",
        ),
        _ => Failure::new(
            Code::UnknownFate,
            "dakbox stopped while the message was being sent, and the project shows no change",
            "It may have been paid for, so it is never sent again by itself.",
        ),
    }
}

fn not_ready() -> Failure {
    Failure::new(
        Code::NothingChanged,
        "the service worked, but there is nothing in the project's timeline to make a film of",
        "Look at the project by its link.",
    )
}

/// Parked, with the project's link where the service gives one.
async fn parked(tools: &Tools, claim: &Claim, failure: Failure) -> Stop {
    Stop::failed(failure.with_link(tools.link(claim.job()).await))
}
