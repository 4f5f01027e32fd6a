//! Beside a job's story: what people and the service said to each other, the films, and what they were made of.

use askama::Template;

use super::film;
use super::fit::{beginning, fitting, in_full, room_of};
use super::row::words_from;
use crate::job::{Job, JobEvent, JobId, RelPath, Work};
use crate::ledger::Recorded;
use crate::media::{Format, Kind};
use crate::words::{About, Tongue, shown_name};

/// The room of somebody else's words at most, and what remains for the last ones of many.
pub(super) const WORDS: usize = 9_000;
const FEW_WORDS: usize = 400;
/// The room of what stands around them.
const AROUND: usize = 250;
/// The rooms of the list of versions and of what a film was made of.
const VERSIONS: usize = 4_000;
const MEDIA: usize = 8_000;

/// One that spoke, and what was said.
struct Turn {
    who: String,
    said: Said,
}

/// Somebody else's words.
#[derive(Default)]
struct Said {
    words: String,
    is_cut: bool,
}

#[derive(Template)]
#[template(path = "job_words.html")]
pub(super) struct Words {
    title: String,
    asked: Said,
    from: String,
    /// How many of those in between are left out.
    more: Option<String>,
    turns: Vec<Turn>,
    nothing: String,
    only_beginning: String,
}

/// What was asked, and what was said after it, in its order: of too many the last ones.
pub(super) fn words(t: Tongue, job: &Job, events: &[Recorded], room: usize) -> Words {
    let all: Vec<_> = events
        .iter()
        .filter_map(|recorded| match &recorded.event {
            JobEvent::Answered { words, .. } => Some(("said", words)),
            JobEvent::Replied { words, .. } => Some(("replied", words)),
            _ => None,
        })
        .collect();
    let mut left = room;
    let mut said = |words: &str, most: usize| {
        let (words, is_cut) = beginning(words, left.saturating_sub(AROUND).min(most));
        left = left.saturating_sub(AROUND + room_of(&words));
        (Said { words, is_cut }, left)
    };
    let (asked, mut left) = said(&job.order.words, if all.is_empty() { WORDS } else { WORDS.min(room / 2) });
    let mut turns = Vec::new();
    for (who, words) in all.iter().rev() {
        if left < AROUND + FEW_WORDS {
            break;
        }
        let turn;
        (turn, left) = said(words, WORDS);
        turns.push(Turn { who: heading(t, who), said: turn });
    }
    let more = (all.len() - turns.len()) as u64;
    turns.reverse();
    Words {
        title: t.word("asked-words"),
        asked,
        from: words_from(t, job),
        more: (more > 0).then(|| t.count("more-turns", more)),
        turns,
        nothing: t.word("said-nothing"),
        only_beginning: t.word("only-beginning"),
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
    more_versions: Option<String>,
    /// What it was made of.
    made_of: String,
    media: Vec<Media>,
    more_media: Option<String>,
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
    let mut media = if is_there { media(job) } else { Vec::new() };
    let made_of = if job.work.project().is_some() {
        t.say("parts-head", About::default().count("count", media.len() as u64))
    } else {
        t.word("clip-head")
    };
    let more = |n: usize| (n > 0).then(|| t.count("page-more", n as u64));
    let (parts, rooms) = (media.len(), media.iter().map(Media::room));
    media.truncate(fitting(rooms.collect::<Vec<_>>(), MEDIA));
    let mut versions: Vec<_> = line.iter().filter_map(|other| version(carry, job, other)).collect();
    let all = versions.len();
    while versions.iter().map(Version::room).sum::<usize>() > VERSIONS {
        // The last ones tell more, but the one that is looked at stays.
        versions.remove(usize::from(versions[0].is_here));
    }
    Films {
        t,
        id: job.id,
        film: job.delivered.is_some() && !is_answer,
        report: report && job.is_ended(),
        answer: job.delivered.is_some() && is_answer,
        title: name.unwrap_or_default(),
        facts: facts.into_iter().flatten().collect(),
        more_versions: more(all - versions.len()),
        versions,
        made_of,
        more_media: more(parts - media.len()),
        media,
    }
}

impl Version {
    fn room(&self) -> usize {
        70 + room_of(&self.href) + room_of(&self.name)
    }
}

impl Media {
    fn room(&self) -> usize {
        170 + room_of(&self.href) + 2 * room_of(&self.short) + room_of(&self.whole)
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
        Some(Media { href, kind, short: shown_name(&name), whole: in_full(&name) })
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
            vec![Media { href, kind: "address", short: shown_name(&name), whole: in_full(&name) }]
        }
        Work::Video | Work::Ask | Work::Refine(_) => Vec::new(),
    }
}
