//! The process: wiring, signals, locks, logging, systemd.

mod run;

mod settings;

mod setup;

mod ownership;

mod held;

mod identity;

mod lockfile;

mod pidfile;

mod background;

mod signals;

mod herald;

mod standing;

mod systemd;

mod console;

mod logging;

mod records;

mod preview;

mod explain;

mod entry;

mod doctor;

#[cfg(feature = "sandbox")]
mod demo;

#[cfg(feature = "sandbox")]
mod sandbox;

mod error;

pub use background::{Begun, Process, ProcessFlags, Started, begin};
#[cfg(feature = "sandbox")]
pub use demo::{DemoError, DemoFlags, demo};
pub use doctor::{Health, Line, doctor, unit_gives};
pub use entry::{CreditsError, credits, dry_run, run};
pub use error::StartError;
pub use explain::{About, Explained, Place, Role, explain};
pub use preview::Preview;
pub use run::{Daemon, RunEnd, RunFlags};
#[cfg(feature = "sandbox")]
pub use sandbox::{SandboxError, SandboxFlags, sandbox};
pub use settings::Settings;
