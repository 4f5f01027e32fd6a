//! The stand-in service as a command, for trying and for testing.

use std::net::SocketAddr;
use std::time::Duration;

use dakbox_sandbox::{Fault, FaultError, Options, SessionIds};
use tokio::net::TcpListener;

use super::entry::runtime;
use super::error::StartError;
use super::signals::Signals;
use crate::worker::Stops;

/// How the stand-in is asked for.
#[derive(Clone, Debug)]
pub struct SandboxFlags {
    /// Where it listens.
    pub listen: SocketAddr,
    /// What it does wrong, as it can be typed.
    pub faults: Vec<String>,
    /// The credits of each new account.
    pub credits: Option<u64>,
    /// How long a message takes.
    pub message_time: Option<Duration>,
    /// How long after a message's stream the draft moves once more; none at all: it doesn't.
    pub second_stage: Option<Duration>,
    /// How long a render takes.
    pub render_time: Option<Duration>,
    /// Whether session ids are text.
    pub text_ids: bool,
}

/// Why the stand-in does not run.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// A fault that can't be read.
    #[error("the fault `{spec}`: {source}")]
    Fault {
        /// As it was typed.
        spec: String,
        /// Why.
        source: FaultError,
    },
    /// The address.
    #[error("can't listen on {listen}: {source}")]
    Listen {
        /// Where.
        listen: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// The system.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The stand-in itself.
    #[error(transparent)]
    Sandbox(#[from] dakbox_sandbox::Error),
}

impl SandboxError {
    /// Whether it was asked for wrongly.
    pub const fn is_usage(&self) -> bool {
        matches!(self, Self::Fault { .. })
    }
}

/// Runs the stand-in until a signal comes. `say` hears where it listens.
///
/// # Errors
/// See [`SandboxError`].
pub fn sandbox(flags: SandboxFlags, say: impl Fn(&str)) -> Result<(), SandboxError> {
    let default = Options::default();
    let options = Options {
        faults: faults(flags.faults)?,
        credits: flags.credits.unwrap_or(default.credits),
        message_time: flags.message_time.unwrap_or(default.message_time),
        second_stage: flags.second_stage.or(default.second_stage).filter(|wait| !wait.is_zero()),
        render_time: flags.render_time.unwrap_or(default.render_time),
        session_ids: if flags.text_ids { SessionIds::Text } else { default.session_ids },
        ..default
    };
    let runtime = runtime()?;
    let ended = runtime.block_on(async {
        let listen = flags.listen;
        let listening = async {
            let listener = TcpListener::bind(listen).await?;
            let at = listener.local_addr()?;
            Ok((listener, at))
        };
        let (listener, at) = listening.await.map_err(|source| SandboxError::Listen { listen, source })?;
        // Before anybody can know that it is there, and stop it.
        let signals = Signals::listen().map_err(StartError::Thread)?;
        say(&format!("The stand-in service listens on http://{at}"));
        say(&format!("What it has seen: http://{at}/_world"));
        let stops = Stops::default();
        tokio::select! {
            ended = dakbox_sandbox::serve(listener, options, stops.drain.clone().cancelled_owned()) => Ok(ended?),
            () = signals.obey(stops, || {}) => Ok(()),
        }
    });
    runtime.shutdown_timeout(Duration::from_secs(1));
    ended
}

fn faults(specs: Vec<String>) -> Result<Vec<Fault>, SandboxError> {
    let read = |spec: String| spec.parse().map_err(|source| SandboxError::Fault { spec, source });
    specs.into_iter().map(read).collect()
}
