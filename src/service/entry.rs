//! What the command line calls: a whole run from settings to exit, and the balance.

use std::sync::Arc;

use super::background::{Process, Shell};
use super::console::Console;
use super::error::StartError;
use super::identity::{Identity, make_state};
use super::logging;
use super::preview::{self, Preview};
use super::run::{Daemon, RunEnd, RunFlags};
use super::settings::Settings;
use super::setup::api_options;
use super::signals::Signals;
use crate::api::{ApiError, Client, Credits};
use crate::config::{self, Config, Env, Loaded};
use crate::job::AccountId;
use crate::worker::Stops;
use tokio::task::JoinSet;

/// How long tasks that hang in a share may hold the end of the process.
const LAST_WAIT: std::time::Duration = std::time::Duration::from_secs(2);

/// The daemon, from settings to exit, as the process that [`super::begin`] has made. `reload` reads the settings again on a hang-up.
///
/// # Errors
/// See [`StartError`].
pub fn run(
    loaded: Loaded,
    env: &Env,
    flags: RunFlags,
    process: Process,
    reload: impl Fn() -> Result<Loaded, String> + Send + 'static,
) -> Result<RunEnd, StartError> {
    let Process { shell, in_background, pid_file } = process;
    let shell = Arc::new(shell);
    let ended = work(loaded, env, (flags, in_background), &shell, reload);
    // Before the shell hears of it: it may start the next one at once.
    drop(pid_file);
    if let (Err(error), true) = (&ended, in_background) {
        tracing::error!("dakbox ends: {error}");
        shell.failed(error);
    }
    ended
}

fn work(
    loaded: Loaded,
    env: &Env,
    (flags, in_background): (RunFlags, bool),
    shell: &Arc<Shell>,
    reload: impl Fn() -> Result<Loaded, String> + Send + 'static,
) -> Result<RunEnd, StartError> {
    let console = Console::new();
    // Nobody sees a daemon's standard error: what is said there would only fill a disk a second time.
    logging::start(&loaded.config.log, (!in_background).then_some(&console)).map_err(StartError::Thread)?;
    for remark in &loaded.remarks {
        tracing::info!("{remark}");
    }
    let config = Arc::new(loaded.config);
    let stops = Stops::default();
    let runtime = runtime()?;
    let ended = runtime.block_on(async {
        let signals = Signals::listen().map_err(StartError::Thread)?;
        let daemon = Daemon::prepare(Arc::clone(&config), env, stops.clone(), console)?;
        let daemon = daemon.started_by(Arc::clone(shell));
        let (settings, herald) = (daemon.settings(), daemon.herald());
        // In a task of its own: signals are heard whatever the rest is busy with.
        let mut listening = JoinSet::new();
        listening.spawn(herald.clone().tell_stop(stops.drain.clone()));
        let reloading = herald.clone();
        let again = move || {
            reloading.reloading();
            reloading.reloaded(take_over(&settings, reload()));
        };
        listening.spawn(signals.obey(stops, again));
        let ended = daemon.run(flags).await;
        herald.end(ended.as_ref().err().map(ToString::to_string));
        ended
    });
    runtime.shutdown_timeout(LAST_WAIT);
    ended
}

/// Settings that were read again: taken where they are fit, left where not; which of both.
fn take_over(settings: &Settings, read: Result<Loaded, String>) -> bool {
    match read {
        Ok(loaded) => {
            settings.replace(loaded.config);
            tracing::info!(
                "the settings were read again: [instructions], [jobs], [export], [messages] and [budget] hold from now \
                 on, the other sections from the next start on"
            );
        }
        Err(problems) => {
            tracing::error!("the settings can't be read, so the old ones stay:\n{problems}");
            return false;
        }
    }
    true
}

/// What a run would take, a line each; touches nothing.
///
/// # Errors
/// Where the inbox can't be read.
pub fn dry_run(config: &Config) -> Result<Vec<Preview>, StartError> {
    preview::lines(config)
}

/// The account and its balance, asked of the service.
///
/// # Errors
/// [`StartError`] before the call, the service's own word otherwise.
pub fn credits(config: &config::Config, env: &Env) -> Result<(Option<AccountId>, Credits), CreditsError> {
    let own = config.api.token(env).map_err(StartError::Token)?.map(|token| token.secret);
    let state = |source| StartError::State { path: config.state.dir.display().to_string(), source };
    make_state(&config.state.dir).map_err(state)?;
    let identity = Identity::open(&config.state.dir, config.api.client_id, own).map_err(state)?;
    let runtime = runtime()?;
    runtime.block_on(async {
        let client = Client::new(api_options(config), Arc::new(identity))?;
        let credits = client.credits().await?;
        Ok((client.account(), credits))
    })
}

/// Why the balance was not had.
#[derive(Debug, thiserror::Error)]
pub enum CreditsError {
    /// Before the service was asked.
    #[error(transparent)]
    Start(#[from] StartError),
    /// What the service said, or that it was not reached.
    #[error(transparent)]
    Service(#[from] ApiError),
}

/// What the service sends may nest deep, and is parsed on these threads: memory that is not touched costs nothing.
const STACK: usize = 16 << 20;

pub(super) fn runtime() -> Result<tokio::runtime::Runtime, StartError> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_stack_size(STACK)
        .enable_all()
        .build()
        .map_err(StartError::Thread)
}
