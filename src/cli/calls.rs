//! Where the command line meets the rooms that do the work: nothing but calls.

use std::path::{Path, PathBuf};

use super::Exit;
use super::args;
use super::out;
use crate::config::{Env, Loaded};
use crate::job::Moment;

/// How a run is asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct RunFlags {
    pub(super) once: bool,
    pub(super) dry_run: bool,
    pub(super) adopt: bool,
}

/// An account's credits, as the service says them.
pub(super) struct Credits {
    pub(super) available: f64,
    pub(super) frozen: f64,
    pub(super) total: f64,
    pub(super) account: Option<String>,
}

pub(super) fn run(_loaded: Loaded, _env: &Env, flags: RunFlags) -> Exit {
    let RunFlags { once, dry_run, adopt } = flags;
    not_wired(&format!("run (once {once}, dry run {dry_run}, adopt {adopt})"))
}

#[cfg(feature = "sandbox")]
pub(super) fn demo(_dir: Option<PathBuf>, _keep: bool) -> Exit {
    not_wired("demo")
}

#[cfg(feature = "sandbox")]
pub(super) fn sandbox(_asked: args::SandboxArgs) -> Exit {
    not_wired("sandbox")
}

pub(super) fn credits(_loaded: &Loaded, _env: &Env) -> anyhow::Result<Credits> {
    anyhow::bail!("not wired yet")
}

/// The lock of whoever works the ledger.
pub(super) fn lock_of(ledger: &Path) -> PathBuf {
    ledger.with_extension("lock")
}

/// What the clock on the wall says.
#[expect(clippy::disallowed_methods, reason = "until the worker's clock is there")]
pub(super) fn now() -> Moment {
    Moment(jiff::Timestamp::now().as_millisecond())
}

fn not_wired(what: &str) -> Exit {
    out::complain(&format!("dakbox {what}: not wired yet"));
    Exit::Failed
}
