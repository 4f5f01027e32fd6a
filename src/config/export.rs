//! `[export]`: how the film is rendered.

use std::time::Duration;

use super::section::Section;
use super::typed::choice;

choice! {
    /// The film's container.
    pub Format {
        /// The one that the outbox promises.
        Mp4 = "mp4",
    }
}

choice! {
    /// How good, and so how large.
    pub Quality {
        /// Small.
        Low = "low",
        /// Between.
        Medium = "medium",
        /// As good as it gets.
        High = "high",
    }
}

/// How the film is rendered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Export {
    /// The film's container.
    pub format: Format,
    /// Where the sidecar says nothing else.
    pub quality: Quality,
    /// Between two looks at a render, at most.
    pub poll_interval: Duration,
    /// For one render.
    pub timeout: Duration,
}

impl Export {
    pub(super) fn read(s: &mut Section<'_, '_>) -> Self {
        Self {
            format: s.get("format", Format::Mp4),
            quality: s.get("quality", Quality::High),
            poll_interval: s.interval("poll_interval", Duration::from_secs(30)),
            timeout: s.interval("timeout", Duration::from_mins(15)),
        }
    }
}
