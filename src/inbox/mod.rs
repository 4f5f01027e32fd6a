//! What is dropped: hints, the scan, settling, pairing, safe opening.
//!
//! `start` runs one thread that owns the folder. Events only say where to look; what lies there is decided by
//! looking, at start-up by the same rules as later. What is ready is reported as an `Arrival`, and everything
//! else that lies there as `Withheld`, with its reason.

mod report;

mod address;
mod names;
mod pair;
mod settle;

mod open;
mod scan;
mod watch;
mod watches;

mod folder;
mod picture;
mod unit;

mod decide;
mod lone;
mod project;
mod tracker;
mod tray;
mod usual;

mod beside;
mod keeper;
mod trail;

#[cfg(test)]
mod stories;

pub use address::{Address, BadAddress};
pub use beside::{AloneNow, Survey, WordsNow, alone_now, batch_over, project_now, survey, words_now};
pub use decide::alone_wait;
pub use keeper::{Inbox, start};
pub use lone::by_name;
pub use names::{Kind, is_address};
pub use open::{Fit, Judged, MAX_CLIP, TextError, judge_clip, read_address, read_text};
pub use pair::Words;
pub use project::in_order;
pub use report::{
    Arrival, Dropped, FolderState, Gone, LoneText, Means, Media, Mounted, ProjectFound, Reason, Report, Text,
    What, Withheld,
};
pub use trail::{Claim, LeftAlone, Trail, trail};
pub(crate) use usual::has_words;
pub use watches::mounts;
