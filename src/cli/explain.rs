//! `dakbox explain`: one file's whole trail, for people and as JSON.

use std::path::Path;

use comfy_table::Cell;
use serde::Serialize;

use super::human::{self, path};
use super::json::{self, EventLine, JobLine};
use super::out::{self, Screen};
use super::trail::{Standpoint, Told, next_of, role, told};
use super::view::{self, Daemon};
use super::{Exit, calls, story, table};
use crate::config::{Config, Env, Loaded};
use crate::service::{About, Explained};

/// Tells the trail of a file; fails where there is neither such a file nor anything known of it.
pub(super) fn explain(loaded: &Loaded, env: &Env, file: &Path, as_json: bool) -> anyhow::Result<Exit> {
    let screen = (!as_json).then(|| Screen::of(env));
    let (text, is_known) = explained(&loaded.config, file, screen.as_ref())?;
    out::print(&text)?;
    Ok(if is_known { Exit::Done } else { Exit::Failed })
}

/// The trail: for people where there is a screen, else as JSON; and whether there is anything to tell.
pub(super) fn explained(
    config: &Config,
    file: &Path,
    screen: Option<&Screen>,
) -> anyhow::Result<(String, bool)> {
    let daemon = view::daemon(&calls::lock_of(&config.ledger.file));
    let ledger = view::open(&config.ledger.file)?;
    let trail = calls::explain(config, ledger.as_ref(), file)?;
    let zone = screen.map_or(jiff::tz::TimeZone::UTC, |screen| screen.zone.clone());
    let point = Standpoint { config, daemon: &daemon, now: calls::now(), zone: &zone };
    let said = told(&trail, &point);
    let is_known = trail.file.is_some() || !trail.jobs.is_empty() || trail.sighting.is_some();
    let text = match screen {
        Some(screen) => text(&trail, &said, &point, screen),
        None => json::line(&TrailLine::new(&trail, &said, &point))?,
    };
    Ok((text, is_known))
}

fn text(trail: &Explained, said: &Told, point: &Standpoint<'_>, screen: &Screen) -> String {
    let title = table::paragraph(screen, &format!("{}: {}", path(&trail.path), said.text));
    let row = |(name, text): &(&'static str, String)| vec![Cell::new(name), Cell::new(text)];
    let mut out = title + "\n" + &table::rows(screen, &[], said.lines.iter().map(row).collect());
    for (at, about) in trail.jobs.iter().enumerate() {
        let job = &about.job;
        let head = format!("\n{} job {}, which is {}.", role(about.role), job.id, job.state());
        out += &table::paragraph(screen, &head);
        if at == 0 {
            let event = |recorded: &crate::ledger::Recorded| {
                let at = Cell::new(human::time(recorded.at, point.zone));
                vec![at, Cell::new(story::told(&recorded.event, point.zone))]
            };
            out += &table::rows(screen, &[], about.events.iter().map(event).collect());
        }
        let next = next_of(job, point);
        out += &table::paragraph(screen, &next.text);
    }
    out
}

/// A file's trail: the one line of `explain --json`.
#[derive(Serialize)]
struct TrailLine<'a> {
    /// The file.
    path: String,
    /// `inbox`, `outbox`, `archive`, `failed`, or `null` where it lies in none of them.
    place: Option<&'static str>,
    /// Where it lies below that folder.
    below: Option<String>,
    /// Its length; `null` where nothing lies there.
    bytes: Option<u64>,
    /// When it was changed last.
    modified: Option<String>,
    /// What becomes of it, in a word. In the inbox: `missing`, `gone` (it was a job's), `ignored`, `too-deep`, `closed`
    /// (not to be looked at), `not-taken`, `held`, `waits`, `ready`, `put-aside`, `job`, `finished`, of a text `words`,
    /// `gives-way` or `rules`, and `folder`. Elsewhere: `kept` (a job's), `unknown`, `elsewhere`.
    state: &'static str,
    /// Why it is not taken, or waits, or has failed: a heading of `docs/errors.md`.
    code: Option<&'static str>,
    /// The same as a sentence for people; its wording may change.
    text: &'a str,
    /// When it is looked at next, where that is known.
    next: Option<String>,
    /// Whether a daemon works the ledger; `null` where that can't be found out.
    running: Option<bool>,
    /// When a running daemon saw it for the first time, and by what: `event` or `scan`.
    seen: Option<SeenLine>,
    /// Each rule and each reading, in order.
    trail: Vec<RuleLine<'a>>,
    /// The jobs that it belongs to, the nearest first.
    jobs: Vec<AboutLine<'a>>,
}

/// When and how a file was seen first.
#[derive(Serialize)]
struct SeenLine {
    at: String,
    by: &'static str,
}

/// A rule or a reading.
#[derive(Serialize)]
struct RuleLine<'a> {
    /// Which.
    rule: &'a str,
    /// What it says.
    text: &'a str,
}

/// A job that the file belongs to.
#[derive(Serialize)]
struct AboutLine<'a> {
    /// What the file is to it: `clip`, `text`, `film`, `report`, `note`, `same-bytes`, `same-film`.
    role: &'static str,
    #[serde(flatten)]
    job: JobLine<'a>,
    /// When it is looked at next; `null`: by itself not any more.
    next: Option<String>,
    /// Its story.
    events: Vec<EventLine<'a>>,
}

impl<'a> TrailLine<'a> {
    fn new(trail: &'a Explained, said: &'a Told, point: &Standpoint<'_>) -> Self {
        let below = |below: &crate::job::RelPath| String::from_utf8_lossy(below.as_bytes()).into_owned();
        let runs = match point.daemon {
            Daemon::Runs(_) => Some(true),
            Daemon::Stopped => Some(false),
            Daemon::Unknown(_) => None,
        };
        Self {
            path: trail.path.to_string_lossy().into_owned(),
            place: said.place,
            below: said.place.map(|_| below(&trail.below)),
            bytes: trail.file.map(|(bytes, _)| bytes),
            modified: trail.file.map(|(_, at)| human::rfc3339(at)),
            state: said.state,
            code: said.code.map(crate::job::Code::as_str),
            text: &said.text,
            next: said.next.map(human::rfc3339),
            running: runs,
            seen: said.seen.map(|(at, by)| SeenLine { at: human::rfc3339(at), by }),
            trail: said.lines.iter().map(|(rule, text)| RuleLine { rule, text }).collect(),
            jobs: trail.jobs.iter().map(|about| AboutLine::new(about, point)).collect(),
        }
    }
}

impl<'a> AboutLine<'a> {
    fn new(about: &'a About, point: &Standpoint<'_>) -> Self {
        Self {
            role: role_word(about),
            job: JobLine::from(&about.job),
            next: next_of(&about.job, point).at.map(human::rfc3339),
            events: about.events.iter().map(|event| EventLine::new(about.job.id, event)).collect(),
        }
    }
}

fn role_word(about: &About) -> &'static str {
    use crate::service::Role;
    match about.role {
        Role::Clip => "clip",
        Role::Text => "text",
        Role::Film => "film",
        Role::Report => "report",
        Role::Note => "note",
        Role::SameBytes => "same-bytes",
        Role::SameFilm => "same-film",
    }
}
