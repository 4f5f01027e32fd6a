//! What happened to a job, a sentence for each event.

use jiff::tz::TimeZone;

use super::human::{amount, plain, sentence, time};
use super::show::film_text;
use crate::job::{Balance, Failure, JobEvent, Moment, Step, StreamEnd};
use crate::words::{is_clip_gone, without_screen};

/// Characters of other people's words that stand in a sentence.
const WORDS: usize = 200;

/// The event as a sentence; times in it are of `zone`.
pub(super) fn told(event: &JobEvent, zone: &TimeZone) -> String {
    match event {
        JobEvent::Admitted { clip, order, .. } => {
            format!("Dropped as {}; to be done: “{}”.", clip.path, plain(&order.words, WORDS))
        }
        JobEvent::Rebound { order, .. } => {
            format!("Touched before anything was sent; to be done now: “{}”.", plain(&order.words, WORDS))
        }
        JobEvent::Replaced { .. } => {
            "Another file lies under its name, and nothing was sent yet: it is uploaded anew.".to_owned()
        }
        JobEvent::Renamed { path, .. } => format!("The clip lies at {path} now."),
        JobEvent::Unsettled => {
            "The clip or its text is being changed: nothing is sent until that ends.".to_owned()
        }
        JobEvent::Started { step } => started(*step),
        JobEvent::SessionOpened { session, .. } => {
            format!("Session {} is open.", plain(session.as_str(), WORDS))
        }
        JobEvent::SessionJoined { of, .. } => {
            format!("It goes on in the session of job {of}, of the same batch.")
        }
        JobEvent::SessionLeft => "That session is needed for the film made in it: left as it was.".to_owned(),
        JobEvent::Apart => {
            "The project of the batch still held an earlier clip: this one gets a project of its own."
                .to_owned()
        }
        JobEvent::SessionDropped => "The session is gone; nothing was paid in it.".to_owned(),
        JobEvent::TakenOver => {
            "The ledger is an old copy: what it knows nothing of may have been sent since.".to_owned()
        }
        JobEvent::Uploaded { .. } => "The clip is in the session.".to_owned(),
        JobEvent::PartUploaded { n, .. } => format!("Part {} of the project is in the session.", n + 1),
        JobEvent::ExportChosen { id } => format!("An export is asked for as {}.", plain(id.as_str(), WORDS)),
        JobEvent::RenderFailed { message } => format!("The export failed: {}", sentence(message)),
        JobEvent::Rendered { .. } => "The film is rendered.".to_owned(),
        JobEvent::Fetched { film } => format!("The film is here, whole: {}.", film_text(film)),
        JobEvent::FilmLost => "The fetched film is not there any more: it is fetched again.".to_owned(),
        JobEvent::Delivered { path } => format!("The film is in the outbox as {path}."),
        JobEvent::Tidied { clip_at, .. } => match clip_at {
            Some(place) => format!("Done; the clip lies at {} now.", plain(place, WORDS)),
            None => "Done.".to_owned(),
        },
        JobEvent::Tried { failure, until } => {
            format!("A try failed: {} Again from {} on.", because(failure), time(*until, zone))
        }
        JobEvent::Waits { failure, until } => {
            let next = |until: &Moment| format!(" Looked at again from {} on.", time(*until, zone));
            format!("Waits: {}{}", because(failure), until.as_ref().map_or_else(String::new, next))
        }
        JobEvent::GoesOn => "Goes on.".to_owned(),
        JobEvent::Consent { n, .. } => format!("A person agrees to pay for instruction {} once more.", n + 1),
        JobEvent::Failed { failure } => format!("Failed: {}", because(failure)),
        JobEvent::Cancelled => "The clip was taken away before anything was paid: cancelled.".to_owned(),
        JobEvent::Withdrawn { failure } if is_clip_gone(failure) => {
            "Its clip was not in the inbox any more while it waited: cancelled.".to_owned()
        }
        JobEvent::Withdrawn { .. } => "A person gave it up: cancelled.".to_owned(),
        JobEvent::Reopened { .. } => "The clip was dropped again: the job goes on.".to_owned(),
        event => instructed(event),
    }
}

/// The same for what happens to its instructions.
fn instructed(event: &JobEvent) -> String {
    match event {
        JobEvent::Intent { n, credits, .. } => {
            format!("Instruction {} goes out, and may be paid for from now on{}.", n + 1, balance(*credits))
        }
        JobEvent::Refused { n, .. } => {
            format!("The service did not take instruction {}: nothing was paid for it.", n + 1)
        }
        JobEvent::Answered { n, end, words, .. } => answered(*n, end, words),
        JobEvent::Observed { n, credits, .. } => {
            format!("Instruction {} has changed the draft{}.", n + 1, balance(*credits))
        }
        JobEvent::DraftRead { .. } => "The draft is read as it is; no instruction was sent.".to_owned(),
        JobEvent::Refined { order } => {
            format!(
                "Its text was saved anew or renamed while it is at work; what is new in it is sent too: “{}”.",
                plain(&order.words, WORDS)
            )
        }
        JobEvent::Asked { n, .. } => {
            format!("The service has answered instruction {} with a question.", n + 1)
        }
        JobEvent::Replied { words, text, .. } => {
            let by = text
                .as_ref()
                .map_or_else(|| "The settings answer".to_owned(), |t| format!("{} answers", t.path));
            format!("{by}: “{}”.", plain(words, WORDS))
        }
        JobEvent::SameAs { job, .. } => {
            format!(
                "Job {job} was paid for the same clip with the same words: its film is delivered once more."
            )
        }
        event => event.name().replace('_', " "),
    }
}

/// Which message an event is about, counted from 0.
pub(super) const fn instruction(event: &JobEvent) -> Option<u16> {
    match event {
        JobEvent::Intent { n, .. }
        | JobEvent::Refused { n, .. }
        | JobEvent::Answered { n, .. }
        | JobEvent::Observed { n, .. }
        | JobEvent::Consent { n, .. }
        | JobEvent::Asked { n, .. }
        | JobEvent::Started { step: Step::Instruct(n) | Step::Observe(n) } => Some(*n),
        _ => None,
    }
}

fn started(step: Step) -> String {
    match step {
        Step::Session => "A session is being opened.".to_owned(),
        Step::Upload => "The clip is being uploaded.".to_owned(),
        Step::Instruct(n) => format!("Instruction {} is being prepared.", n + 1),
        Step::Observe(n) => format!("The draft is read, to see what instruction {} has done.", n + 1),
        Step::Export => "The film is being rendered.".to_owned(),
        Step::Fetch => "The film is being fetched.".to_owned(),
        Step::Deliver => "The film is being put into the outbox.".to_owned(),
        Step::Tidy => "Tidying up.".to_owned(),
    }
}

fn answered(n: u16, end: &StreamEnd, words: &str) -> String {
    let words = plain(&without_screen(words), WORDS);
    let words = words.trim_end_matches('.');
    let said = if words.is_empty() { "without words".to_owned() } else { format!("“{words}”") };
    let n = n + 1;
    match end {
        StreamEnd::Clean => format!("The service has answered instruction {n}: {said}."),
        StreamEnd::Error(error) => {
            format!("The service has ended instruction {n} with an error, {said}: {}", sentence(error))
        }
        StreamEnd::Denied { failure, .. } => {
            format!("The service has not accepted instruction {n}: {}", because(failure))
        }
        StreamEnd::Broken(error) => format!(
            "The line broke during instruction {n}: {} It is not sent again; the draft tells what came of it.",
            sentence(error)
        ),
    }
}

fn because(failure: &Failure) -> String {
    let message = plain(&failure.message, 500);
    format!("{} ({}).", message.trim_end_matches('.'), failure.code)
}

fn balance(credits: Option<Balance>) -> String {
    credits.map_or_else(String::new, |b| format!(" ({} credits)", amount(b.available)))
}
