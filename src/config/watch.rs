//! `[watch]`: how arrivals are noticed, and when a file counts as whole.

use std::time::Duration;

use super::ignore::IgnoreList;
use super::section::Section;
use super::typed::{Wrong, choice};

choice! {
    /// How changes are noticed between full scans.
    pub WatchMode {
        /// By polling where the file system is a network one, else natively.
        Auto = "auto",
        /// By the kernel's events.
        Native = "native",
        /// By scanning every `poll_interval`.
        Poll = "poll",
    }
}

/// How arrivals are noticed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Watch {
    /// How changes are noticed between full scans.
    pub mode: WatchMode,
    /// Between two scans when polling.
    pub poll_interval: Duration,
    /// Between two full scans, whatever the events say.
    pub rescan: Duration,
    /// How long a file must be unchanged where its end can't be proven; never zero.
    pub settle: Duration,
    /// Before a file that ends in zeros is told of.
    pub zero_tail_wait: Duration,
    /// How long a clip waits for its sidecar.
    pub sidecar_wait: Duration,
    /// How long a bare text waits before it refines a finished clip.
    pub clip_wait: Duration,
    /// Quiet time after which a new sub-folder is whole.
    pub folder_wait: Duration,
    /// Before a text that waits for its clip gets a note.
    pub text_note_after: Duration,
    /// Before an empty file is told of.
    pub empty_after: Duration,
    /// Whether a clip without a sidecar is never taken.
    pub require_sidecar: bool,
    /// Names that are never taken.
    pub ignore: IgnoreList,
}

impl Watch {
    pub(super) fn read(s: &mut Section<'_, '_>) -> Self {
        Self {
            mode: s.get("mode", WatchMode::Auto),
            poll_interval: s.interval("poll_interval", Duration::from_secs(5)),
            rescan: s.interval("rescan", Duration::from_mins(1)),
            settle: s.interval("settle", Duration::from_secs(10)),
            zero_tail_wait: s.get("zero_tail_wait", Duration::from_mins(10)),
            sidecar_wait: s.get("sidecar_wait", Duration::from_mins(2)),
            clip_wait: s.get("clip_wait", Duration::from_mins(10)),
            folder_wait: s.get("folder_wait", Duration::from_mins(1)),
            text_note_after: s.get("text_note_after", Duration::from_hours(1)),
            empty_after: s.get("empty_after", Duration::from_mins(10)),
            require_sidecar: s.get("require_sidecar", false),
            ignore: ignore(s),
        }
    }
}

fn ignore(s: &mut Section<'_, '_>) -> IgnoreList {
    let check = |extra: &Vec<String>| match IgnoreList::new(extra) {
        Ok(_) => Ok(()),
        Err(e) => Err(Wrong::with_help(e.to_string(), "`dakbox check` prints the list")),
    };
    let extra = s.checked("ignore", Vec::new(), check);
    IgnoreList::new(&extra).unwrap_or_default()
}
