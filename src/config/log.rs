//! `[log]`: what dakbox says about itself.

use std::path::PathBuf;

use tracing_subscriber::EnvFilter;

use super::section::Section;
use super::typed::{Wrong, choice, quoted};

choice! {
    /// How much is said.
    Level {
        /// Nothing.
        Off = "off",
        /// What failed.
        Error = "error",
        /// And what looks wrong.
        Warn = "warn",
        /// And what was done.
        Info = "info",
        /// And how.
        Debug = "debug",
        /// And every detail.
        Trace = "trace",
    }
}

choice! {
    /// How a log line looks.
    pub LogFormat {
        /// For people.
        Text = "text",
        /// One object a line.
        Json = "json",
    }
}

/// What dakbox says about itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Log {
    /// A filter as `EnvFilter` reads it; checked.
    pub filter: String,
    /// How a log line looks.
    pub format: LogFormat,
    /// Where daily files go as well as stderr.
    pub dir: Option<PathBuf>,
    /// How many of them are kept, from 1.
    pub keep: u32,
}

impl Log {
    pub(super) fn read(s: &mut Section<'_, '_>) -> Self {
        let level = s.get("level", Level::Info).as_str().to_owned();
        Self {
            filter: s.or_env("level", "RUST_LOG", level, |filter| directives(filter)),
            format: s.get("format", LogFormat::Text),
            dir: s.maybe("dir"),
            keep: s.count("keep", 14),
        }
    }
}

fn directives(filter: &str) -> Result<(), Wrong> {
    let read = EnvFilter::builder().parse(filter);
    read.map(|_| ()).map_err(|e| Wrong::new(format!("{} is no log filter: {e}", quoted(filter))))
}
