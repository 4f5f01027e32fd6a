//! `dakbox status`: what is going on.

use std::fmt::Write as _;

use comfy_table::Cell;

use super::doing::{Around, doing};
use super::human::{first_sentence, path, sentence};
use super::out::{self, Screen};
use super::sighted::waits_for;
use super::standing::{Standing, brake_of, is_paused};
use super::view::Daemon;
use super::{Exit, json, table, watch};
use crate::config::{Config, Env, Loaded};
use crate::job::{Job, RelPath};
use crate::ledger::{InboxShown, MountShown, Sighting, Summary};

/// How the standing is asked for.
#[derive(Clone, Copy)]
pub(super) struct How {
    pub(super) watch: bool,
    pub(super) json: bool,
}

/// Says what is going on, once or each time that it changes.
pub(super) fn status(loaded: &Loaded, env: &Env, how: How) -> anyhow::Result<Exit> {
    if how.watch {
        return watch::watch(&loaded.config, env, how.json);
    }
    let standing = Standing::look(&loaded.config, is_paused(&loaded.config))?;
    out::print(&said(&standing, &loaded.config, (!how.json).then(|| Screen::of(env)).as_ref())?)?;
    Ok(Exit::Done)
}

/// The standing: for people where there is a screen, else as JSON.
pub(super) fn said(standing: &Standing, config: &Config, screen: Option<&Screen>) -> anyhow::Result<String> {
    match screen {
        Some(screen) => Ok(text(standing, config, screen)),
        None => json::line(&json::StatusLine::new(standing)),
    }
}

/// The standing for people.
pub(super) fn text(standing: &Standing, config: &Config, screen: &Screen) -> String {
    let mut lines = vec![standing.sentence()];
    if !standing.begun {
        let inbox = path(&config.folders.inbox);
        lines = vec![format!("Nothing was taken from {inbox} yet.")];
    }
    lines.push(match &standing.daemon {
        Daemon::Runs(Some(pid)) => format!("dakbox is running, as process {pid}."),
        Daemon::Runs(None) => "dakbox is running.".to_owned(),
        Daemon::Stopped => "dakbox is not running: nothing goes on until `dakbox run` is started.".to_owned(),
        Daemon::Unknown(why) => format!("Whether dakbox is running can't be found out: {}", sentence(why)),
    });
    if let Some(page) = standing.page {
        lines.push(format!("Its page is at http://{page}."));
    }
    if standing.paused {
        let brake = path(&brake_of(&config.folders.root));
        lines.push(format!("Paused: no new message is sent while {brake} is there (`dakbox resume`)."));
    }
    if let Some(held) = &standing.held {
        lines.push(format!(
            "Nothing is taken ({}): {} {}",
            held.code,
            sentence(&held.message),
            sentence(&held.hint)
        ));
    }
    if let (Some(inbox), Daemon::Runs(_)) = (&standing.inbox, &standing.daemon) {
        lines.extend(watched(inbox, config));
    }
    if let Some(credits) = standing.credits {
        let (available, frozen) = (credits.available, credits.frozen);
        let reserved = if frozen > 0.0 { format!(", and {frozen} reserved") } else { String::new() };
        lines.push(format!("{available} credits were left when they were last read{reserved}."));
    }
    let mut out: String = lines.iter().map(|line| table::paragraph(screen, line)).collect();
    sections(&mut out, standing, screen);
    if let Some(counts) = counts(&standing.summary) {
        let _ = write!(out, "\n{}", table::paragraph(screen, &counts));
    }
    out
}

/// How the inbox is looked at, a sentence a mount.
fn watched(inbox: &InboxShown, config: &Config) -> Vec<String> {
    if let Some(why) = &inbox.away {
        return vec![format!("The inbox is not there, so nothing is taken for deleted: {}", sentence(why))];
    }
    let every = config.watch.poll_interval;
    let one = |mount: &MountShown| {
        let root = mount.path == RelPath::root();
        let place = if root { "The inbox".to_owned() } else { format!("{} in the inbox", mount.path) };
        let how = match (&mount.why, mount.native) {
            (_, true) => "watched by the kernel's events".to_owned(),
            (None, false) => format!("looked at every {every:?}"),
            (Some(why), false) => format!("looked at every {every:?}, because {why}"),
        };
        let missed = match mount.missed {
            0 => String::new(),
            n => format!(" Files that no event told of: {n}."),
        };
        format!("{place} ({}) is {how}.{missed}", mount.fs)
    };
    inbox.mounts.iter().map(one).collect()
}

fn sections(out: &mut String, standing: &Standing, screen: &Screen) {
    let row = |job: &Job, what: String| {
        vec![table::number(job.id), Cell::new(format!("{}: {what}", job.dropped()))]
    };
    let (waiting, active): (Vec<&Job>, Vec<&Job>) = standing.jobs.iter().partition(|j| j.waiting.is_some());
    let waiting = waiting.into_iter().map(|job| row(job, waits(job))).collect();
    let active = active.into_iter().map(|job| {
        let around = Around {
            now: standing.now,
            progress: standing.progress_of(job),
            daemon: &standing.daemon,
            paused: standing.paused,
        };
        row(job, doing(job, &around))
    });
    let active = active.collect();
    let files = standing.files.iter().map(|seen| vec![Cell::new(format!("{}: {}", seen.path, lies(seen)))]);
    for (title, rows) in [("Waiting", waiting), ("In work", active), ("In the inbox", files.collect())] {
        let rows: Vec<Vec<Cell>> = rows;
        if !rows.is_empty() {
            let _ = write!(out, "\n{title}\n{}", table::rows(screen, &[], rows));
        }
    }
}

/// Why something that lies in the inbox is not taken now.
fn lies(seen: &Sighting) -> String {
    let why = match seen.seen.as_ref().and_then(|seen| waits_for(&seen.reason)) {
        Some(why) => why.to_owned(),
        None if seen.detail.is_empty() => "it is not taken as it is".to_owned(),
        None => first_sentence(&seen.detail),
    };
    let code = seen.code.map_or_else(String::new, |code| format!(" ({code})"));
    format!("{why}{code}; `dakbox explain` says more")
}

/// Why a job waits, and what to do about it.
fn waits(job: &Job) -> String {
    let Some(failure) = &job.waiting else { return String::new() };
    let mut out = format!("{} ({})", first_sentence(&failure.message), failure.code);
    if !failure.hint.is_empty() {
        let _ = write!(out, "\n{}", sentence(&failure.hint));
    }
    if let Some(link) = &failure.link {
        let _ = write!(out, "\n{link}");
    }
    out
}

/// All jobs there ever were, by state.
fn counts(sum: &Summary) -> Option<String> {
    let parts = [
        (sum.queued, "queued"),
        (sum.working, "working"),
        (sum.waiting, "waiting"),
        (sum.delivered, "delivered"),
        (sum.failed, "failed"),
        (sum.cancelled, "cancelled"),
        (sum.answered, "answered"),
    ];
    let there = parts.iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{n} {word}"));
    let there = there.collect::<Vec<_>>().join(", ");
    (!there.is_empty()).then(|| format!("In all: {there}."))
}
