//! Where the command line meets the rooms that do the work: nothing but calls.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::Exit;
#[cfg(feature = "sandbox")]
use super::args;
use super::human::path;
use super::json;
use super::out;
use crate::config::{self, Config, Env, Loaded};
use crate::job::Moment;
use crate::ledger::Overview;
use crate::service::{self, Begun, ProcessFlags, RunEnd, StartError, Started};

/// How a run is asked for.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag that can be typed")]
pub(super) struct RunFlags {
    pub(super) once: bool,
    pub(super) dry_run: bool,
    pub(super) json: bool,
    pub(super) adopt: bool,
    pub(super) daemonize: bool,
    pub(super) pid_file: Option<PathBuf>,
}

/// An account's credits, as the service says them.
pub(super) struct Credits {
    pub(super) available: f64,
    pub(super) frozen: f64,
    pub(super) total: f64,
    pub(super) account: Option<String>,
}

/// Whether the service of this machine, where it reads these settings, is given a secret of that name by its unit.
pub(super) fn unit_gives(settings: Option<&Path>, name: &str) -> bool {
    service::unit_gives(settings, name)
}

pub(super) fn run(mut loaded: Loaded, env: &Env, flags: RunFlags) -> Exit {
    if flags.dry_run {
        return match service::dry_run(&loaded.config) {
            Ok(lines) => previewed(&lines, flags.json),
            Err(error) => return not_started(&error),
        };
    }
    // A daemon's working folder is another one.
    let source = loaded.source.as_deref().and_then(|file| std::path::absolute(file).ok());
    let again = env.clone();
    let reload = move || config::load(source.as_deref(), &again).map_err(|problems| problems.to_string());
    let asked = service::RunFlags { once: flags.once, adopt: flags.adopt };
    let process = ProcessFlags { daemonize: flags.daemonize, pid_file: flags.pid_file };
    let process = match service::begin(&mut loaded.config, &process) {
        Ok(Begun::Worker(process)) => process,
        Ok(Begun::Starter(started)) => return told(&started),
        Err(error) => return not_started(&error),
    };
    match service::run(loaded, env, asked, process, reload) {
        Ok(RunEnd::Done) => Exit::Done,
        Ok(RunEnd::Failed) => Exit::Failed,
        Ok(RunEnd::Waiting) => Exit::Waiting,
        Err(error) => not_started(&error),
    }
}

/// What a run would do, file by file.
fn previewed(lines: &[service::Preview], as_json: bool) -> Exit {
    let object = |line: &service::Preview| {
        let service::Preview { does, path, text } = line;
        json::line(&serde_json::json!({ "does": does, "path": path, "text": text }))
    };
    let mut text = String::new();
    if lines.is_empty() && !as_json {
        text.push_str("Nothing would be taken.\n");
    }
    for line in lines {
        match object(line) {
            Ok(object) if as_json => text += &object,
            _ => drop(writeln!(text, "{line}")),
        }
    }
    printed(&text)
}

/// What the shell hears of a daemon that is ready.
fn told(started: &Started) -> Exit {
    let Started { pid, log, waits } = started;
    if let Some(why) = waits {
        out::complain(&format!("dakbox: nothing is taken yet: {why}"));
    }
    say(&format!("dakbox runs in the background as process {pid}; its log is in {}", path(log)))
}

/// A line to standard output; nobody has to read it.
fn say(line: &str) -> Exit {
    printed(&format!("{line}\n"))
}

fn printed(text: &str) -> Exit {
    match out::print(text) {
        Ok(_) => Exit::Done,
        Err(error) => {
            out::complain(&format!("dakbox: {error:#}"));
            Exit::Failed
        }
    }
}

fn not_started(error: &StartError) -> Exit {
    out::complain(&format!("dakbox: {error}"));
    if error.is_usage() { Exit::Usage } else { Exit::Failed }
}

#[cfg(feature = "sandbox")]
pub(super) fn demo(dir: Option<PathBuf>, keep: bool) -> Exit {
    match service::demo(&service::DemoFlags { dir, keep }, |line| {
        let _ = say(line);
    }) {
        Ok(film) => say(&format!("The finished film: {}", film.display())),
        Err(error) => {
            out::complain(&format!("dakbox demo: {error}"));
            Exit::Failed
        }
    }
}

#[cfg(feature = "sandbox")]
pub(super) fn sandbox(asked: args::SandboxArgs) -> Exit {
    let asked = service::SandboxFlags {
        listen: asked.listen,
        faults: asked.faults,
        credits: asked.credits,
        message_time: asked.message_time,
        second_stage: asked.second_stage,
        render_time: asked.render_time,
        text_ids: asked.text_ids,
    };
    match service::sandbox(asked, |line| {
        let _ = say(line);
    }) {
        Ok(()) => Exit::Done,
        Err(error) => {
            out::complain(&format!("dakbox sandbox: {error}"));
            if error.is_usage() { Exit::Usage } else { Exit::Failed }
        }
    }
}

pub(super) fn credits(loaded: &Loaded, env: &Env) -> anyhow::Result<Credits> {
    let (account, credits) = service::credits(&loaded.config, env)?;
    Ok(Credits {
        available: credits.available,
        frozen: credits.frozen,
        total: credits.total,
        account: account.map(|id| id.to_string()),
    })
}

/// All that is known of a file.
pub(super) fn explain(
    config: &Config,
    ledger: Option<&Overview>,
    file: &Path,
) -> anyhow::Result<service::Explained> {
    Ok(service::explain(config, ledger, file)?)
}

/// The lock of whoever works the ledger.
pub(super) fn lock_of(ledger: &Path) -> PathBuf {
    ledger.with_extension("lock")
}

/// What the clock on the wall says.
pub(super) fn now() -> Moment {
    crate::worker::clock::wall()
}
