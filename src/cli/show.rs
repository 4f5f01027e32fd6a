//! `dakbox show`: one job's whole story.

use anyhow::bail;
use comfy_table::Cell;

use super::human::{self, plain, playing, sentence, size};
use super::json::{self, EventLine, JobLine};
use super::out::{self, Screen};
use super::{Exit, story, table, view};
use crate::config::{Config, Env, Loaded};
use crate::job::{Film, Job, JobId, WordsFrom};
use crate::ledger::Recorded;

/// Tells the story of the job of that number.
pub(super) fn show(loaded: &Loaded, env: &Env, id: JobId, as_json: bool) -> anyhow::Result<Exit> {
    out::print(&told(&loaded.config, id, (!as_json).then(|| Screen::of(env)).as_ref())?)?;
    Ok(Exit::Done)
}

/// The story: for people where there is a screen, else as JSON.
pub(super) fn told(config: &Config, id: JobId, screen: Option<&Screen>) -> anyhow::Result<String> {
    let Some(view) = view::open(&config.ledger.file)? else {
        bail!("there is no job {id}: there are no jobs yet");
    };
    let Some(job) = view.job(id)? else {
        bail!("there is no job {id}: `dakbox jobs` lists those there are");
    };
    let events = view.events(id)?;
    if let Some(screen) = screen {
        return Ok(text(&job, &events, config, screen));
    }
    let mut lines = json::line(&JobLine::from(&job))?;
    for recorded in &events {
        lines += &json::line(&EventLine::new(id, recorded))?;
    }
    Ok(lines)
}

fn text(job: &Job, events: &[Recorded], config: &Config, screen: &Screen) -> String {
    let facts = facts(job, config).into_iter().map(|(name, cell)| vec![Cell::new(name), cell]);
    let story = events.iter().map(|recorded| {
        let at = if screen.is_roomy() { human::time } else { human::short_time };
        let at = at(recorded.at, &screen.zone);
        vec![Cell::new(at), Cell::new(story::told(&recorded.event, &screen.zone))]
    });
    let title = table::paragraph(screen, &format!("Job {}: {}", job.id, job.dropped()));
    let (facts, story) =
        (table::rows(screen, &[], facts.collect()), table::rows(screen, &[], story.collect()));
    format!("{title}\n{facts}\n{story}")
}

/// What is known of a job, each with its name.
fn facts(job: &Job, config: &Config) -> Vec<(&'static str, Cell)> {
    let mut facts = vec![("state", table::state(job.state()))];
    let mut add = |name, text: String| facts.push((name, Cell::new(text)));
    if !job.is_ended() {
        add("step", job.step.to_string());
    }
    if let Some(failure) = json::reason(job) {
        add("why", format!("{} ({})", sentence(&failure.message), failure.code));
        if !failure.hint.is_empty() {
            add("to do", sentence(&failure.hint));
        }
    }
    let order = &job.order;
    if let Some(failure) = job.waiting.as_ref().filter(|_| job.end.is_some()) {
        add("waits", format!("{} ({})", sentence(&failure.message), failure.code));
        add("to do", sentence(&failure.hint));
    }
    match job.work.project() {
        Some(project) => {
            let parts: Vec<_> = project.parts.iter().map(|part| part.path.to_string()).collect();
            add("folder", format!("{}: {}", project.folder, parts.join(", ")));
        }
        None => add("clip", format!("{}, {}", job.clip.path, size(job.clip.stamp.size))),
    }
    add("words", order.words.lines().map(|line| plain(line, usize::MAX)).collect::<Vec<_>>().join("\n"));
    add("from", from(&order.from));
    add("language", plain(&order.language, 40));
    add("quality", plain(&order.quality, 40));
    if let Some(session) = &job.session {
        add("session", plain(session.as_str(), 200));
    }
    if let Some(film) = &job.film {
        add("film", film_text(film));
    }
    if let Some(path) = &job.delivered {
        let outbox = human::path(&config.folders.outbox);
        add("delivered", format!("{outbox}/{path}"));
    }
    if job.incomplete {
        add(
            "note",
            "The service was cut off in its answer: something may be missing in the film.".to_owned(),
        );
    }
    facts
}

/// Where a job's words were read.
fn from(from: &WordsFrom) -> String {
    match from {
        WordsFrom::Sidecar(text) => text.path.to_string(),
        WordsFrom::FolderDefault(text) => format!("{}, the folder's default", text.path),
        WordsFrom::Default => "the settings' default".to_owned(),
    }
}

/// A film's size, length and picture.
pub(super) fn film_text(film: &Film) -> String {
    let mut parts = vec![size(film.len)];
    parts.extend(film.duration_ms.map(playing));
    parts.extend(film.size.map(|(width, height)| format!("{width}×{height}")));
    parts.join(", ")
}
