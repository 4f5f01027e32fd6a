//! Beside a job's story: what people and the service said to each other, the films, and what they were made of.

use askama::Template;

use super::film;
use super::row::words_from;
use crate::job::{Job, JobEvent, JobId, RelPath, Work};
use crate::ledger::Recorded;
use crate::media::{Format, Kind};
use crate::words::{About, Tongue, others_words, shown_name, whole_name};

/// Characters of somebody else's words that are shown.
pub(super) const WORDS: usize = 6000;

/// One that spoke, and what was said.
struct Turn {
    who: String,
    words: String,
}

#[derive(Template)]
#[template(path = "job_words.html")]
pub(super) struct Words {
    title: String,
    asked: String,
    from: String,
    turns: Vec<Turn>,
    nothing: String,
}

/// What was asked, and all that was said after it, in its order.
pub(super) fn words(t: Tongue, job: &Job, events: &[Recorded]) -> Words {
    let turn = |recorded: &Recorded| {
        let (who, words) = match &recorded.event {
            JobEvent::Answered { words, .. } => ("said", words),
            JobEvent::Replied { words, .. } => ("replied", words),
            _ => return None,
        };
        Some(Turn { who: heading(t, who), words: others_words(words, WORDS) })
    };
    Words {
        title: t.word("asked-words"),
        asked: others_words(&job.order.words, WORDS),
        from: words_from(t, job),
        turns: events.iter().filter_map(turn).collect(),
        nothing: t.word("said-nothing"),
    }
}

/// What stands before a list in a note, as a heading.
pub(super) fn heading(t: Tongue, word: &str) -> String {
    t.word(word).trim_end_matches(':').to_owned()
}

/// A file that can be played or looked at.
struct Media {
    href: String,
    kind: &'static str,
    short: String,
    whole: String,
}

/// Another version of the same film.
struct Version {
    href: String,
    name: String,
    is_here: bool,
}

#[derive(Template)]
#[template(path = "job_films.html")]
pub(super) struct Films {
    t: Tongue,
    id: JobId,
    film: bool,
    report: bool,
    answer: bool,
    title: String,
    facts: Vec<String>,
    versions: Vec<Version>,
    /// What it was made of.
    made_of: String,
    media: Vec<Media>,
}

/// The film, its other versions, and what it was made of. `line` is all that was made of the same first film.
pub(super) fn films(
    t: Tongue,
    carry: &str,
    (job, events): (&Job, &[Recorded]),
    line: &[Job],
    report: bool,
) -> Films {
    let is_answer = job.work == Work::Ask;
    let film = job.film.as_ref();
    let facts = [
        film.and_then(|film| film.duration_ms).map(|ms| t.clock(ms)),
        film.and_then(|film| film.size).map(|(w, h)| t.number(&format!("{w} \u{d7} {h}"))),
        film.map(|film| t.size(film.len)),
    ];
    let name = job.delivered.as_ref().map(|film| shown_name(&film.to_string()));
    let is_there = film::where_is_clip(job, events).is_some();
    let media = if is_there { media(job) } else { Vec::new() };
    let made_of = if job.work.project().is_some() {
        t.say("parts-head", About::default().count("count", media.len() as u64))
    } else {
        t.word("clip-head")
    };
    Films {
        t,
        id: job.id,
        film: job.delivered.is_some() && !is_answer,
        report: report && job.is_ended(),
        answer: job.delivered.is_some() && is_answer,
        title: name.unwrap_or_default(),
        facts: facts.into_iter().flatten().collect(),
        versions: line.iter().filter_map(|other| version(carry, job, other)).collect(),
        made_of,
        media,
    }
}

/// A version that can be looked at; the film of this very job stands among them.
fn version(carry: &str, job: &Job, other: &Job) -> Option<Version> {
    let film = other.delivered.as_ref()?;
    Some(Version {
        href: format!("/jobs/{}{carry}", other.id),
        name: shown_name(&film.to_string()),
        is_here: other.id == job.id,
    })
}

/// What can be played of what was dropped: a clip, or each part of a project.
fn media(job: &Job) -> Vec<Media> {
    let of = |path: &RelPath, href: String| {
        let kind = match Format::from_extension(path.extension())?.kind() {
            Kind::Video => "video",
            Kind::Picture => "picture",
            Kind::Sound => "sound",
        };
        let name = path.to_string();
        Some(Media { href, kind, short: shown_name(&name), whole: whole_name(&name) })
    };
    let id = job.id;
    match &job.work {
        Work::Clip => of(&job.clip.path, format!("/jobs/{id}/clip")).into_iter().collect(),
        Work::Project(project) => {
            let parts = project.parts.iter().enumerate();
            let below = |path: &RelPath| {
                let rest = path.as_bytes().strip_prefix(project.folder.as_bytes())?.strip_prefix(b"/")?;
                RelPath::from_bytes(rest)
            };
            parts
                .filter_map(|(n, part)| of(&below(&part.path)?, format!("/jobs/{id}/parts/{}", n + 1)))
                .collect()
        }
        Work::Address => {
            let name = job.clip.path.to_string();
            let href = format!("/jobs/{id}/address");
            vec![Media { href, kind: "address", short: shown_name(&name), whole: whole_name(&name) }]
        }
        Work::Video | Work::Ask | Work::Refine(_) => Vec::new(),
    }
}
