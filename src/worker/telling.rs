//! What a job has to tell, gathered from its events for the notes and the report, and what the inbox tells observers.
//! Pure.

use std::time::Duration;

use super::done::{said, sent, steps};
use super::order;
use super::remarks::{self, Beside};
use crate::config::Language;
use crate::inbox::{Reason, Withheld};
use crate::job::{
    AccountId, Balance, Code, Failure, Job, JobEvent, Moment, Project, SessionId, WordsFrom, folded,
};
use crate::ledger::{Recorded, Seen, Sighting};
use crate::timeline::{Draft, Reading};
use crate::words::{self, Credits, Lies, Note, Paid, Source};

/// The note about a failure, with nothing known but the file.
pub fn note<'a>(file: &'a str, failure: &'a Failure) -> Note<'a> {
    let link = failure.link.as_deref();
    let registers = matches!(failure.code, Code::NoCredits | Code::PlanBlocksExport);
    let about = |code| failure.about.as_deref().filter(|_| failure.code == code);
    let (register, project) = if registers { (link, None) } else { (None, link) };
    // Empty may be its text.
    let file = Some(&*failure.message)
        .filter(|text| failure.code == Code::Empty && !text.is_empty())
        .unwrap_or(file);
    Note {
        register,
        project,
        question: about(Code::Question),
        said: about(Code::NothingChanged),
        film: [Code::SameAgain, Code::SameInWork, Code::SessionLost].into_iter().find_map(about),
        count: [Code::FirstRun, Code::BudgetReached, Code::CostAsks]
            .into_iter()
            .find_map(about)
            .and_then(|count| count.parse().ok()),
        ..Note::new(file, failure, Paid::No)
    }
}

/// Since when something is not taken; `age` is the inbox's own clock at `now`.
pub(super) fn since(held: &Withheld, now: Moment, age: Duration) -> Moment {
    let millis = |time: Duration| i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
    Moment(now.0.saturating_add(millis(held.since)).saturating_sub(millis(age)))
}

/// What observers see of something that is not taken; `age` is the inbox's own clock at this moment.
pub(super) fn sighting(held: &Withheld, now: Moment, age: Duration) -> Sighting {
    let millis = |time: Duration| i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
    let at = |time: Duration| Moment(now.0.saturating_add(millis(time)).saturating_sub(millis(age)));
    let reason = match held.reason {
        Reason::Settling => "settling",
        Reason::AwaitsSidecar => "awaits-sidecar",
        Reason::FolderArriving => "folder-arriving",
        Reason::AwaitsClip => "awaits-clip",
        Reason::Held(_) => "held",
    };
    Sighting {
        path: held.path.clone(),
        code: held.reason.code(),
        detail: held.detail.clone(),
        at: now,
        seen: Some(Seen {
            reason: reason.to_owned(),
            since: at(held.since),
            until: held.due.map(at),
            noted: held.note_due,
            first: held.first.map(|(first, by_event)| (at(first), by_event)),
            stamp: held.stamp,
        }),
    }
}

/// The text of a failed job's note.
pub(super) fn failed(job: &Job, failure: &Failure, lies: Lies, language: Language) -> String {
    let session = job.session.as_ref().map(SessionId::as_str);
    let file = job.dropped().to_string();
    let since = minute(job.changed);
    let sidecar = sidecar(job);
    let note = Note {
        lies,
        source: Source::of(job),
        sidecar: sidecar.as_deref(),
        paid: Paid::from_messages(&job.messages),
        job: Some(job.id),
        session,
        since: Some(&since),
        ..note(&file, failure)
    };
    words::failed(&note, language)
}

/// What a report tells that no event says.
#[derive(Clone, Copy, Default)]
pub(super) struct Around<'a> {
    /// How many other jobs used the account meanwhile.
    pub others: u32,
    /// The link to the project.
    pub project: Option<&'a str>,
    /// The account in use now.
    pub account: Option<&'a AccountId>,
    /// What was seen beside the clip.
    pub beside: Option<&'a Beside>,
}

/// Tells a delivered job's report.
pub(super) fn report<T>(
    job: &Job,
    events: &[Recorded],
    around: &Around,
    tell: impl FnOnce(&words::Report) -> T,
) -> T {
    let draft = draft(job, events);
    let (timeline, said, steps) = (draft.map(|d| d.told()), said(events), steps(events));
    let sent = sent(job);
    let film = job.film.as_ref();
    let batch = job.batch.as_ref().map(|batch| (batch.folder.to_string(), batch.apart));
    let unseen = Beside::default();
    let beside = around.beside.unwrap_or(&unseen);
    let remarks = remarks::all(job, events, beside);
    tell(&words::Report {
        clip: &job.dropped().to_string(),
        film: &job.delivered.as_ref().map(ToString::to_string).unwrap_or_default(),
        incomplete: job.incomplete,
        clip_ms: beside
            .clip_ms
            .or_else(|| film.and_then(|f| f.duration_ms))
            .filter(|_| job.order.language == "bn"),
        film_ms: film.and_then(|f| f.duration_ms),
        picture: film.and_then(|f| f.size),
        bytes: film.map_or(0, |f| f.len),
        asked: job.order.asked.as_ref(),
        words: &job.order.words,
        from: &job.order.from,
        sent: &sent,
        timeline: timeline.as_ref(),
        said: &said,
        paid: Paid::from_messages(&job.messages),
        credits: credits(events, around.others),
        accounts: job
            .account
            .as_ref()
            .zip(around.account)
            .filter(|(old, new)| old != new)
            .map(|(old, new)| (old.as_str(), new.as_str())),
        steps: &steps,
        batch: batch.as_ref().map(|(folder, apart)| (folder.as_str(), *apart)),
        remarks: &remarks,
        project: around.project,
        session: job.session.as_ref().map(SessionId::as_str),
    })
}

/// The note of a job that waits.
pub(super) fn waiting(job: &Job, failure: &Failure, language: Language) -> String {
    let file = job.dropped().to_string();
    // The wait is the job's last event: what is looked at again is told only where it changes.
    let since = minute(job.changed);
    let sidecar = sidecar(job);
    let answer = order::short_answer(job);
    let told = words::Note {
        answer: answer.as_deref(),
        since: Some(&since),
        sidecar: sidecar.as_deref(),
        // One in a text for all of a folder is not written for this clip.
        used: job.order.again && matches!(job.order.from, WordsFrom::Sidecar(_)),
        paid: words::Paid::from_messages(&job.messages),
        job: Some(job.id),
        session: job.session.as_ref().map(SessionId::as_str),
        ..note(&file, failure)
    };
    words::waiting(&told, language)
}

/// The name of the clip's own text. One that its clip has left behind under another name is its text no more: what is
/// written there would be nobody's.
fn sidecar(job: &Job) -> Option<String> {
    let WordsFrom::Sidecar(text) = &job.order.from else { return None };
    let (text, clip) = (&text.path, &job.clip.path);
    let means = folded(text.stem());
    let is_its =
        text.parent() == clip.parent() && (means == folded(clip.stem()) || means == folded(clip.name()));
    let is_its = is_its || !job.work.is_file();
    let name = String::from_utf8_lossy(text.name());
    // A project's lies in its folder, and its note beside that.
    let in_folder = |project: &Project| format!("{}/{name}", String::from_utf8_lossy(project.folder.name()));
    is_its.then(|| job.work.project().map_or_else(|| name.to_string(), in_folder))
}

/// The exported draft.
pub fn draft(job: &Job, events: &[Recorded]) -> Option<Draft> {
    let recorded = events.iter().find(|recorded| Some(recorded.seq) == job.draft_seq)?;
    let (JobEvent::Observed { reading, .. }
    | JobEvent::DraftRead { reading }
    | JobEvent::SameAs { reading, .. }) = &recorded.event
    else {
        return None;
    };
    serde_json::from_str::<Reading>(reading).ok()?.draft
}

fn credits(events: &[Recorded], others: u32) -> Credits {
    let before = |r: &Recorded| if let JobEvent::Intent { credits, .. } = &r.event { *credits } else { None };
    let after =
        |r: &Recorded| if let JobEvent::Observed { credits, .. } = &r.event { *credits } else { None };
    let available = |balance: Balance| balance.available;
    Credits {
        before: events.iter().find_map(before).map(available),
        after: events.iter().rev().find_map(after).map(available),
        others,
    }
}

/// From the first reading of the account's credits to the last one.
pub(super) fn span(events: &[Recorded]) -> Option<(Moment, Moment)> {
    let read = |r: &&Recorded| matches!(r.event, JobEvent::Intent { .. } | JobEvent::Observed { .. });
    let first = events.iter().find(read)?;
    // The balance is read before the message leaves, and another's message may leave in between.
    let asked = match &first.event {
        JobEvent::Intent { credits, .. } => credits.and_then(|balance| balance.at),
        _ => None,
    };
    Some((asked.unwrap_or(first.at).min(first.at), events.iter().rev().find(read)?.at))
}

/// A moment as people read it, in the time zone of this machine.
pub fn clock(moment: Moment) -> String {
    on_clock(moment, "%Y-%m-%d %H:%M:%S")
}

/// The same to the minute.
pub fn minute(moment: Moment) -> String {
    on_clock(moment, "%Y-%m-%d %H:%M")
}

/// The same; of the day that is `now`, the clock alone.
pub(super) fn lately(moment: Moment, now: Moment) -> String {
    let (then, today) = (minute(moment), minute(now));
    match (then.split_once(' '), today.split_once(' ')) {
        (Some((day, clock)), Some((this, _))) if day == this => clock.to_owned(),
        _ => then,
    }
}

fn on_clock(moment: Moment, format: &str) -> String {
    let zone = jiff::tz::TimeZone::system();
    jiff::Timestamp::from_millisecond(moment.0)
        .map(|t| t.to_zoned(zone).strftime(format).to_string())
        .unwrap_or_default()
}
