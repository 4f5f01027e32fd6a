//! What a text alone is taken for, by what is known of films and open jobs. Pure: a run asks it, and a dry run.

use super::order;
use super::refine::{self, Line};
use super::texts::is_asked;
use crate::config::Config;
use crate::inbox::{LoneText, Means, by_name};
use crate::job::{Failure, Job, Order, RelPath, Work, folded};
use crate::ledger::FilmLine;

/// What a job is made of, what is asked for, and why it waits for a person at once, where it does.
type Taken = (Work, Result<Order, Failure>, Option<Failure>);

/// What is to be done with it.
#[derive(Debug)]
pub(super) enum Plan {
    /// It is nobody's.
    Nothing,
    /// It says by its name that it is for a film, and there is none of that name yet.
    Early,
    /// Its clip, or an earlier version of its film, is in work.
    Later,
    /// A job is made of it.
    Take(Box<Taken>),
}

/// What a text alone asks for.
///
/// # Errors
/// A text that can't be read, or, where it is to become a film of words alone, that has none to send.
pub fn read(lone: &LoneText, config: &Config) -> Result<Order, Failure> {
    match lone.means {
        Means::Video => order::of_words(&lone.text, config),
        _ => order::of_lone(&lone.text, config),
    }
}

/// Whether it is about a film that is there.
pub const fn is_of_film(means: Means) -> bool {
    matches!(means, Means::Version(_) | Means::Words)
}

/// The folded stem of the film that a text is about by its name.
pub fn film_of(text: &RelPath) -> Vec<u8> {
    match by_name(text) {
        Some((Means::Version(_), base)) => base,
        _ => folded(text.stem()),
    }
}

/// What a text is taken for that no job knows yet.
pub(super) fn plan(
    lone: &LoneText,
    read: Result<Order, Failure>,
    (open, film): (&[Job], Option<FilmLine>),
) -> Plan {
    let asked = match lone.means {
        Means::Version(version) => Some(version),
        Means::Words => None,
        Means::Video => return Plan::Take(Box::new((Work::Video, read, None))),
        Means::Ask => return Plan::Take(Box::new((Work::Ask, read, None))),
        Means::Answer => return Plan::Nothing,
    };
    if is_on_its_way(open, &lone.text.path.parent(), &film_of(&lone.text.path)) {
        return Plan::Later;
    }
    let Some(film) = film else { return if asked.is_some() { Plan::Early } else { Plan::Nothing } };
    let films = Line::new(film.root, film.versions).named(film.film);
    if films.is_busy() {
        return Plan::Later;
    }
    let Some(base) = films.base(asked) else { return Plan::Nothing };
    let (read, wait) = match read {
        Ok(order) => {
            let (order, known) = refine::order(order, &base, (films.last(), &films.told()), asked.is_some());
            let film = films.last().delivered.as_ref().map(ToString::to_string).unwrap_or_default();
            (Ok(order), known.then(|| refine::nothing_new(&film)))
        }
        Err(failure) => (Err(failure), None),
    };
    Plan::Take(Box::new((Work::Refine(Box::new(base)), read, wait)))
}

/// Whether a clip of that stem is in work in that folder.
fn is_on_its_way(open: &[Job], folder: &RelPath, stem: &[u8]) -> bool {
    let named = |job: &Job| {
        // A film of words has its name from its text's.
        let name =
            if job.work == Work::Video { order::title(job).stem().to_vec() } else { job.stem().to_vec() };
        job.home() == *folder && folded(&name) == stem
    };
    open.iter().any(|job| job.work.base().is_none() && named(job))
}

/// The jobs whose question an answer of that name may be for.
pub(super) fn asked_by<'a>(open: &'a [Job], answer: &RelPath) -> Vec<&'a Job> {
    let Some((_, name)) = by_name(answer) else { return Vec::new() };
    let folder = answer.parent();
    let named = |job: &Job| {
        job.home() == folder
            && [job.stem().to_vec(), job.dropped().name().to_vec(), order::title(job).stem().to_vec()]
                .iter()
                .any(|own| folded(own) == name)
    };
    let asked: Vec<&Job> = open.iter().filter(|job| named(job) && is_asked(job)).collect();
    // Where two clips of one stem ask, only the whole name says which is meant.
    let whole = |job: &&Job| asked.len() == 1 || folded(job.dropped().name()) == name;
    asked.iter().copied().filter(whole).collect()
}

/// What a run would do with a text alone: of which kind it is for people, and with which words; or why nothing.
pub fn preview(
    lone: &LoneText,
    config: &Config,
    (open, film): (&[Job], Option<FilmLine>),
) -> Result<(String, Order), Option<String>> {
    if lone.means == Means::Answer {
        let order = order::of_words(&lone.text, config).map_err(|failure| Some(failure.to_string()))?;
        let asked = asked_by(open, &lone.text.path);
        return match asked.first() {
            Some(job) => Ok((format!("an answer to the question about {}", job.dropped()), order)),
            None => Err(None),
        };
    }
    let (work, read, wait) = match plan(lone, read(lone, config), (open, film)) {
        Plan::Nothing | Plan::Early => return Err(None),
        Plan::Later => return Err(Some("other work on that film comes first".to_owned())),
        Plan::Take(taken) => *taken,
    };
    let order = read.map_err(|failure| Some(failure.to_string()))?;
    if let Some(failure) = wait {
        return Err(Some(failure.to_string()));
    }
    let what = match &work {
        Work::Video => "a film of words alone".to_owned(),
        Work::Ask => "a question, answered by a report".to_owned(),
        _ => format!("new words for {}", work.base().map(|base| base.film.to_string()).unwrap_or_default()),
    };
    Ok((what, order))
}
