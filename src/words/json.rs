//! A report for programs.

use serde_json::{Value, json};

use super::catalogue::of;
use super::{Paid, Report, Went, show, without_screen};
use crate::config::Language;
use crate::job::{Step, WordsFrom};
use crate::timeline::{Said, Told, ToldTrack, TrackKind};

/// The text of `<name>.report.json`: one object. Keys are only ever added. Times are in seconds, lengths of films in
/// milliseconds, sizes in bytes and pixels; what is not known is `null`.
pub fn report(r: &Report) -> String {
    let (from, text) = match r.from {
        WordsFrom::Sidecar(text) => ("sidecar", Some(text.path.to_string())),
        WordsFrom::FolderDefault(text) => ("folder-default", Some(text.path.to_string())),
        WordsFrom::Default => ("default", None),
    };
    let object = json!({
        "clip": r.clip,
        "film": {
            "name": r.film,
            "bytes": r.bytes,
            "duration_ms": r.film_ms,
            "width": r.picture.map(|(width, _)| width),
            "height": r.picture.map(|(_, height)| height),
        },
        "asked": r.asked,
        "incomplete": r.incomplete,
        "words": { "text": r.words, "from": from, "file": text },
        "sent": (!r.sent.is_empty()).then_some(r.sent),
        "said": r.said.iter().map(|said| &said.words).collect::<Vec<_>>(),
        "said_without_screen": r.said.iter().map(|said| without_screen(&said.words)).collect::<Vec<_>>(),
        "timeline": r.timeline.map(timeline),
        "paid": paid(r.paid),
        "credits": {
            "before": r.credits.before,
            "after": r.credits.after,
            "spent": r.spent(),
            "others": r.credits.others,
        },
        "steps": r.steps.iter().map(|done| json!({
            "step": step(done.step),
            "message": message(done.step),
            "went": went(done.went),
            "at": done.at,
            "seconds": done.seconds,
        })).collect::<Vec<_>>(),
        "batch": r.batch.map(|(folder, apart)| json!({ "folder": folder, "apart": apart })),
        "remarks": remarks(r),
        "project": r.project,
        "session": r.session,
    });
    format!("{object:#}\n")
}

/// In plain English, as all else here.
fn remarks(r: &Report) -> Vec<String> {
    let words = of(Language::English).first();
    let told = r.remarks.iter().filter_map(|remark| remark.told(words?));
    told.map(|remark| show::unjoined(&remark)).collect()
}

fn timeline(told: &Told) -> Value {
    json!({ "summary": told.to_string(), "tracks": told.tracks.iter().map(track).collect::<Vec<_>>() })
}

fn track(track: &ToldTrack) -> Value {
    let kind = match track.kind {
        TrackKind::Video => "video",
        TrackKind::Audio => "audio",
        TrackKind::Text => "text",
        TrackKind::Other => "other",
    };
    let pieces: Vec<_> = track
        .pieces
        .iter()
        .map(|piece| {
            let (Said::Name(said) | Said::Words(said)) = match &piece.said {
                Some(said) => said.clone(),
                None => Said::Name(String::new()),
            };
            json!({
                "said": piece.said.is_some().then_some(said),
                "from": piece.range.as_ref().map(|(from, _)| from),
                "to": piece.range.as_ref().map(|(_, to)| to),
                "volume": piece.volume,
            })
        })
        .collect();
    json!({ "kind": kind, "pieces": pieces, "more": track.more })
}

const fn paid(paid: Paid) -> &'static str {
    match paid {
        Paid::No => "no",
        Paid::MaybeOnce => "maybe",
        Paid::MaybeMore => "maybe-more",
        Paid::Yes => "yes",
        Paid::YesAndMaybe => "yes-and-maybe",
    }
}

const fn went(went: Went) -> &'static str {
    match went {
        Went::Done => "done",
        Went::Sent => "sent",
        Went::Refused => "refused",
    }
}

const fn step(step: Step) -> &'static str {
    match step {
        Step::Session => "session",
        Step::Upload => "upload",
        Step::Instruct(_) => "instruct",
        Step::Observe(_) => "observe",
        Step::Export => "export",
        Step::Fetch => "fetch",
        Step::Deliver => "deliver",
        Step::Tidy => "tidy",
    }
}

fn message(step: Step) -> Option<u32> {
    match step {
        Step::Instruct(n) | Step::Observe(n) => Some(u32::from(n) + 1),
        _ => None,
    }
}
