//! The steps of a job, and which of them may be repeated.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One step. Each is recorded as started before it acts, and as ended after.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// A session of the service is opened.
    Session,
    /// The clip goes up.
    Upload,
    /// Message `n` is sent. The only step that costs, and the only one that is never repeated.
    Instruct(u16),
    /// The state is read until it tells what became of message `n`.
    Observe(u16),
    /// The film is rendered.
    Export,
    /// The film comes down, beside its place.
    Fetch,
    /// The film gets its name.
    Deliver,
    /// Report, notes, and the clip to its last place.
    Tidy,
}

/// Whether a step may simply be done once more when nobody knows how far it came.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Repeat {
    /// Doing it again costs nothing and harms nothing.
    Safe,
    /// Doing it again may be paid for again.
    Never,
}

impl Step {
    /// May it be done again?
    pub const fn repeat(self) -> Repeat {
        match self {
            Self::Instruct(_) => Repeat::Never,
            _ => Repeat::Safe,
        }
    }

    /// The name without the message's number, as logs and metrics use it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Upload => "upload",
            Self::Instruct(_) => "instruct",
            Self::Observe(_) => "observe",
            Self::Export => "export",
            Self::Fetch => "fetch",
            Self::Deliver => "deliver",
            Self::Tidy => "tidy",
        }
    }

    /// Every name, in the order of a job's way.
    pub const NAMES: [&'static str; 8] =
        ["session", "upload", "instruct", "observe", "export", "fetch", "deliver", "tidy"];
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Instruct(n) | Self::Observe(n) if *n > 0 => write!(f, "{} {}", self.name(), n + 1),
            _ => f.write_str(self.name()),
        }
    }
}
