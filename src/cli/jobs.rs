//! `dakbox jobs`: the list.

use comfy_table::Cell;

use super::args::State;
use super::json::{self, JobLine};
use super::out::{self, Screen};
use super::{Exit, human, table, view};
use crate::config::{Config, Env, Loaded};
use crate::job::{Code, Job};

/// Which jobs are asked for.
#[derive(Clone, Copy, Default)]
pub(super) struct Which {
    /// Those in this state.
    pub(super) state: Option<State>,
    /// So many of the newest.
    pub(super) limit: Option<u32>,
}

/// Lists the jobs, newest first.
pub(super) fn jobs(loaded: &Loaded, env: &Env, which: Which, as_json: bool) -> anyhow::Result<Exit> {
    out::print(&listed(&loaded.config, which, (!as_json).then(|| Screen::of(env)).as_ref())?)?;
    Ok(Exit::Done)
}

/// The list: for people where there is a screen, else as JSON.
pub(super) fn listed(
    config: &Config,
    Which { state, limit }: Which,
    screen: Option<&Screen>,
) -> anyhow::Result<String> {
    let jobs = match view::open(&config.ledger.file)? {
        Some(view) => view.jobs_after(state.map(State::as_str), None, limit.unwrap_or(u32::MAX))?,
        None => Vec::new(),
    };
    match (screen, state) {
        (None, _) => jobs.iter().map(|job| json::line(&JobLine::from(job))).collect(),
        (Some(_), Some(state)) if jobs.is_empty() => Ok(format!("No job is {}.\n", state.as_str())),
        (Some(_), None) if jobs.is_empty() => Ok("There are no jobs yet.\n".to_owned()),
        (Some(screen), _) => Ok(text(&jobs, screen)),
    }
}

fn text(jobs: &[Job], screen: &Screen) -> String {
    let roomy = screen.is_roomy();
    let why = |job: &Job| Cell::new(job.code().map_or("", Code::as_str));
    let row = |job: &Job| {
        let (id, state, clip) = (table::number(job.id), table::state(job.state()), Cell::new(job.dropped()));
        if roomy {
            let at = if screen.is_wide() { human::minute } else { human::short_time };
            let changed = Cell::new(at(job.changed, &screen.zone));
            vec![id, state, Cell::new(job.step), why(job), changed, clip]
        } else {
            vec![id, state, clip]
        }
    };
    let titles: &[&str] =
        if roomy { &["job", "state", "step", "why", "changed", "clip"] } else { &["job", "state", "clip"] };
    table::rows(screen, titles, jobs.iter().map(row).collect())
}
