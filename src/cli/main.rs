//! From what was typed to a command, and from its end to an exit code.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser as _;

use super::args::{Args, Command};
use super::jobs::Which;
use super::{Exit, ask, brake, calls, check, credits, doctor, explain, jobs, out, pages, show, status};
use crate::config::{Env, Loaded, Problems, load};
use crate::ledger::LedgerError;

/// Runs the command of this process's command line.
pub fn main() -> ExitCode {
    run(std::env::args_os(), &Env::from_process()).into()
}

/// Runs the command that `typed` names; its first word is the program's name.
pub(super) fn run(typed: impl IntoIterator<Item = OsString>, env: &Env) -> Exit {
    match Args::try_parse_from(typed) {
        Ok(args) => dispatch(args, env).unwrap_or_else(|error| tell(&error)),
        Err(asked) => {
            // Help and versions come this way too, and go to standard output. Whether anyone reads is their affair.
            let _ = asked.print();
            if asked.use_stderr() { Exit::Usage } else { Exit::Done }
        }
    }
}

fn dispatch(args: Args, env: &Env) -> anyhow::Result<Exit> {
    let settings = || load(args.config.as_deref(), env);
    match args.command {
        Command::Run(asked) => Ok(calls::run(settings()?, env, asked.flags())),
        #[cfg(feature = "sandbox")]
        Command::Demo { dir, keep } => Ok(calls::demo(dir, keep)),
        #[cfg(feature = "sandbox")]
        Command::Sandbox(asked) => Ok(calls::sandbox(asked)),
        Command::Check { json } => match settings() {
            Err(problems) if json => check::unread(&problems),
            loaded => check::check(&loaded?, env, json),
        },
        Command::Status { watch, json } => status::status(&settings()?, env, status::How { watch, json }),
        Command::Jobs { state, limit, json } => {
            let which = Which { state, limit };
            jobs::jobs(&settings()?, env, which, json)
        }
        Command::Show { job, json } => show::show(&settings()?, env, job, json),
        Command::Credits { json } => credits::credits(&settings()?, env, json),
        Command::Pause { json } => brake::pause(root(&settings()?), json),
        Command::Resume { json } => brake::resume(root(&settings()?), json),
        Command::Completions { shell } => pages::completions(shell),
        Command::Man => pages::man(),
        Command::Doctor { json } => doctor::doctor(settings()?, env, json),
        Command::Explain { file, json } => explain::explain(&settings()?, env, &file, json),
        Command::Retry { jobs, again, reason, json } => {
            let which = reason.as_deref().map_or(ask::Which::Jobs(jobs), ask::Which::Reason);
            ask::retry(&settings()?, which, again, json)
        }
        Command::Cancel { jobs, json } => ask::cancel(&settings()?, &jobs, json),
    }
}

fn root(loaded: &Loaded) -> &std::path::Path {
    &loaded.config.folders.root
}

/// Says what went wrong. Wrong settings show their own place in the file.
fn tell(error: &anyhow::Error) -> Exit {
    if let Some(problems) = error.downcast_ref::<Problems>() {
        out::complain(&problems.to_string());
        return Exit::Usage;
    }
    out::complain(&format!("dakbox: {}", whole(error)));
    Exit::Failed
}

/// The error with its causes; the ledger's say theirs already.
fn whole(error: &anyhow::Error) -> String {
    if error.is::<LedgerError>() { error.to_string() } else { format!("{error:#}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::Context as _;

    #[test]
    fn causes_are_said_once() {
        let denied = || std::io::Error::new(std::io::ErrorKind::PermissionDenied, "denied");
        let ledger = anyhow::Error::new(LedgerError::Io(denied()));
        assert_eq!(whole(&ledger), "the ledger can't be opened: denied");
        let file = Err::<(), _>(denied()).context("pause.txt can't be made").unwrap_err();
        assert_eq!(whole(&file), "pause.txt can't be made: denied");
    }
}
