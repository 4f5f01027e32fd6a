//! What a delivered job's report remarks: from its events, and from what lies beside its clip before that is put away.

use super::Tools;
use super::folders::{Place, blocking};
use super::order;
use super::steps::spare;
use super::telling::minute;
use crate::inbox::{Judged, WordsNow, judge_clip, words_now};
use crate::job::{Job, JobEvent, Moment, WordsFrom};
use crate::ledger::Recorded;
use crate::media::Format;
use crate::words::Remark;

/// Waits that are remarked.
const WAITS_MAX: usize = 3;

/// What was found out, besides the events.
#[derive(Debug, Default)]
pub(super) struct Beside {
    /// Texts that gave way.
    pub(super) texts: Vec<String>,
    /// What the clip is by its bytes.
    pub(super) format: Option<Format>,
    /// How long the clip plays, in milliseconds.
    pub(super) clip_ms: Option<u64>,
}

/// Looks at the clip once more, and at the texts beside it; what can't be seen is not remarked.
pub(super) async fn look(tools: &Tools, job: &Job) -> Beside {
    let Ok(inbox) = tools.folders.open(Place::Inbox).await else { return Beside::default() };
    let (path, stamp, ignore) = (job.clip.path.clone(), job.clip.stamp, tools.config().watch.ignore.clone());
    let project = job.work.project().cloned();
    let found = blocking(move || {
        let of_parts = |project| spare::of_parts(project, &inbox, &ignore).unwrap_or_default();
        let texts = match (&project, words_now(&inbox, &path, &ignore)) {
            (Some(project), _) => of_parts(project).iter().map(|text| text.from.to_string()).collect(),
            (None, Ok(WordsNow::Own { beside, .. })) => beside.iter().map(ToString::to_string).collect(),
            _ => Vec::new(),
        };
        let media = match judge_clip(&inbox, &path, true) {
            Judged::Fit(fit) if fit.stamp.same_contents(&stamp) => Some(fit.media),
            _ => None,
        };
        let clip_ms = media.as_ref().and_then(|media| media.facts.duration_ms);
        Ok(Beside { texts, format: media.map(|media| media.format), clip_ms })
    });
    found.await.unwrap_or_default()
}

/// All that is to be remarked, in order.
pub(super) fn all(job: &Job, events: &[Recorded], beside: &Beside) -> Vec<Remark> {
    let unused = if job.work.project().is_some() { Remark::OfParts } else { Remark::GaveWay };
    let texts = (!beside.texts.is_empty()).then(|| unused(beside.texts.clone()));
    let one = [name_taken(job), texts, other_format(job, beside.format), quality(job)];
    let again = job.messages.iter().filter(|m| m.again > 0).map(|m| Remark::SentAgain(u64::from(m.n) + 1));
    let exported = events.iter().any(|r| matches!(r.event, JobEvent::RenderFailed { .. }));
    let mut all: Vec<Remark> = one.into_iter().flatten().chain(again).collect();
    all.extend(job.same_as.map(|_| Remark::OnceMore));
    all.extend(events.iter().filter_map(|recorded| match &recorded.event {
        JobEvent::Replied { words, .. } => Some(Remark::Answered(words.clone())),
        _ => None,
    }));
    all.extend(exported.then_some(Remark::ExportedAgain));
    all.extend(waits(events));
    all.extend(no_text(job));
    all
}

fn name_taken(job: &Job) -> Option<Remark> {
    let (film, title) = (job.delivered.as_ref()?, order::title(job));
    let number = title.number_of(film.name())?;
    let usual = String::from_utf8_lossy(&title.film(1)).into_owned();
    (number > 1).then_some(Remark::NameTaken(usual))
}

/// A container of another family than the name says: some programs go by names.
fn other_format(job: &Job, found: Option<Format>) -> Option<Remark> {
    let found = found?;
    let name = String::from_utf8_lossy(job.clip.path.name()).to_lowercase();
    let ending = name.rsplit_once('.')?.1;
    let ending = if ending == "jpeg" { "jpg" } else { ending };
    let family = |name: &str| match name {
        "mov" | "m4a" => "mp4".to_owned(),
        "webm" => "mkv".to_owned(),
        name => name.to_owned(),
    };
    (family(ending) != family(found.name())).then(|| Remark::OtherFormat(found.name()))
}

fn quality(job: &Job) -> Option<Remark> {
    let made = job.order.quality.clone();
    let asked = job.order.asked.as_ref().and_then(|asked| asked.quality).map(order::named);
    match asked.filter(|asked| *asked != made) {
        Some(asked) => Some(Remark::OtherQuality { asked: asked.to_owned(), made }),
        None => matches!(&*made, "low" | "medium").then_some(Remark::Quality(made)),
    }
}

/// Each wait, until something was begun after it.
fn waits(events: &[Recorded]) -> Vec<Remark> {
    let mut waits = Vec::new();
    let mut open: Option<(Moment, String)> = None;
    for recorded in events {
        match &recorded.event {
            JobEvent::Waits { failure, .. } if open.is_none() => {
                open = Some((recorded.at, failure.code.to_string()));
            }
            JobEvent::Observed { .. } | JobEvent::GoesOn | JobEvent::Started { .. } => {
                waits.extend(open.take().map(|(from, code)| Remark::Waited {
                    from: minute(from),
                    to: minute(recorded.at),
                    code,
                }));
            }
            _ => {}
        }
    }
    waits.truncate(WAITS_MAX);
    waits
}

fn no_text(job: &Job) -> Option<Remark> {
    if matches!(job.order.from, WordsFrom::Sidecar(_)) {
        return None;
    }
    let stem = String::from_utf8_lossy(job.clip.path.stem()).into_owned();
    Some(Remark::NoText(format!("{stem}.txt")))
}
